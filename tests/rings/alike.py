"""What differs from run to run, under names that do not."""

from __future__ import annotations

import re

from transcript import Ids


class Names(Ids):
    """Ids are numbered; moments, spans and hosts are all alike."""

    def told(self, text: str) -> str:
        text = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z \([^)]*\)", "TIME", self.numbered(text))
        return re.sub(r"\([^()]*up for [^()]*\)", "(HOSTS)", text)
