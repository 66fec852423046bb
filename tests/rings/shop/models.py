"""Something that is encrypted."""

from django.db import models
from fernet_fields import EncryptedTextField


class Note(models.Model):  # type: ignore[misc]
    text = EncryptedTextField()

    class Meta:
        app_label = "shop"
