"""One process of that project: python -m vault.process WHAT, settings as JSON on stdin. It prints what it found."""

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import django
from django.conf import settings

FIELDS = ("fernet", "cryptography", "keyed", "mirage", "salted")


def main(what: str) -> None:
    said = json.load(sys.stdin)
    later = said.pop("later", {})
    settings.configure(SALT_KEY="made up", DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", **said)
    django.setup()
    for name, value in later.items():  # as where a ring is taken over without a restart
        setattr(settings, name, value)
    does: dict[str, Callable[[], object]] = {
        "write": write,
        "read": read,
        "uses": uses,
        **{f"save {name}": partial(save, name) for name in FIELDS},
    }
    print(json.dumps(does[what]()))


def write() -> None:
    from django.db import connection

    from vault.models import Note

    with connection.schema_editor() as editor:
        editor.create_model(Note)
    Note.objects.create(**dict.fromkeys(FIELDS, "secret"))


def save(name: str) -> None:
    """As a command of the project does that goes through all rows."""
    from vault.models import Note

    for note in Note.objects.only(name):
        note.save(update_fields=[name])


def read() -> dict[str, str]:
    """Of each field its text, or what came in its place."""
    return {name: _read(name) for name in FIELDS}


def _read(name: str) -> str:
    from vault.models import Note

    try:
        text: Any = Note.objects.values_list(name, flat=True).get()
    except Exception as error:  # noqa: BLE001
        return type(error).__name__
    return str(text) if text == "secret" else "ciphertext"


def uses() -> list[str]:
    from keybaton.django import _encrypted

    return _encrypted.packages()


if __name__ == "__main__":
    main(sys.argv[1])
