"""What a check says: a sentence, what to do now, and where more stands."""

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as DjangoWarning

PAGE = "https://github.com/keybaton/keybaton/blob/main/docs/checks.md"


def warning(id_: str, sentence: str, now: str) -> list[CheckMessage]:
    """Something that will log users out, or let others in, one day."""
    return [DjangoWarning(sentence, hint=_hint(id_, now), id=f"keybaton.{id_}")]


def error(id_: str, sentence: str, now: str) -> list[CheckMessage]:
    """Something that lets others in today."""
    return [Error(sentence, hint=_hint(id_, now), id=f"keybaton.{id_}")]


def _hint(id_: str, now: str) -> str:
    return f"{now} See {PAGE}#keybaton{id_.lower()}"
