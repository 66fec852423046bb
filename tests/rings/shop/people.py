"""The user, and the table of notes."""

from django.contrib.auth.models import User
from django.db import connection
from shop.models import Note


def make() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Note)
    User.objects.create_user("ada", password="made-up")
