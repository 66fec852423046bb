"""What a project says in KEYBATON."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage

from keybaton.django._configuration import DEFAULTS, FENCES

from ._message import warning


def check(**_: object) -> list[CheckMessage]:
    """A word that is not known is read as if it were not there: a strict fence would only warn."""
    wrong = list(_wrong(getattr(settings, "KEYBATON", {})))
    return warning("W011", f"In the setting KEYBATON {' and '.join(wrong)}.", NOW) if wrong else []


def _wrong(said: Any) -> Iterator[str]:
    for name in sorted(map(str, said.keys() - DEFAULTS.keys())):
        yield f"{name} is not known"
    said = {**DEFAULTS, **said}
    if said["FENCE"] not in FENCES:
        yield f"FENCE is none of {', '.join(FENCES)}"
    if said["DATABASE"] not in settings.DATABASES:
        yield "DATABASE is none of DATABASES"
    if not isinstance(said["EXEMPT"], list | tuple):
        yield "EXEMPT is no list of paths"
    if said["THREAD"] not in (None, True, False):
        yield "THREAD is none of True, False and None"


NOW = f"It knows {', '.join(DEFAULTS)}, and FENCE is one of {', '.join(FENCES)}."
