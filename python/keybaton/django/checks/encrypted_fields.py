"""Fields that are encrypted with SECRET_KEY."""

from django.core.checks import CheckMessage

from keybaton.django import _encrypted

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """With a new key their data is lost, or is read as what stands in the database."""
    names = _encrypted.packages()
    if not names:
        return []
    return warning(
        "W012",
        f"SECRET_KEY encrypts fields of {' and '.join(names)}: without that key nobody reads them.",
        "Give them a key of their own, equal to SECRET_KEY, before that is replaced:"
        " `keybaton init --ring FIELD_ENCRYPTION_KEY --from SECRET_KEY`.",
    )
