"""What a test makes the stand-in do for one secret: nothing here is Azure's."""

from __future__ import annotations

from dataclasses import dataclass, field

import standin
from keyvault.refusal import RefusalError


@dataclass
class Trick(standin.Trick):
    # What another program writes just after the next value is set.
    follow: list[str] = field(default_factory=list)
    # What the vault says that tokens for it are meant for.
    resource: str = ""
    # Where the list of versions says that it goes on, once.
    next_page: str = ""

    def followed(self) -> list[str]:
        now, self.follow = self.follow, []
        return now

    def elsewhere(self) -> str:
        now, self.next_page = self.next_page, ""
        return now


def made_up(refusal: int | str) -> RefusalError:
    """A refusal with this status, or with this code inside a conflict."""
    if isinstance(refusal, int):
        return RefusalError(refusal, "MadeUp", "Made up by a test.")
    return RefusalError(409, "Conflict", "Made up by a test.", refusal)
