"""An instance that is started with the ring of before a rotation that is over, as an old image is."""

from __future__ import annotations

from contextlib import ExitStack

from browsers import fetched
from fleet import PAGES, Fleet, instances
from outcome import Outcome
from processes import Instance
from project import Site

USERS = 4


def late(site: Site) -> Outcome:
    """The balancer asks whether it is ready, where there is a page for that; a strict one it may ask for pages."""
    fleet = Fleet(site, instances(site, 2))
    before = site.texts()
    with fleet, ExitStack() as stack:
        with fleet.crowd(USERS) as crowd:
            for step in ("stage", "promote"):
                fleet.take(step, crowd)
            crowd.forget_mails()
            fleet.take("retire", crowd)
            old = stack.enter_context(Instance("late", site, texts=before))
            seen = asked(old)
            if not site.setup.is_ours or site.setup.fence == "strict":
                fleet.balancer.add(old)
            crowd.open_pages(5 * PAGES)
        outcome = Outcome.of(crowd.browsers)
        if site.setup.is_ours:
            outcome.expect("live, ready, a page", seen, EXPECTED[site.setup.fence])
        if site.setup.fence == "strict":
            outcome.expect("some were turned away", outcome.turned_away > 0, True)
        return outcome


def asked(instance: Instance) -> tuple[int, int, int]:
    """The answers to who asks whether it lives, whether it is ready, and for a page."""
    live, ready, page = (fetched(instance.address, path, "")[0] for path in ("/live/", "/ready/", "/public/"))
    return live, ready, page


EXPECTED = {"warn": (200, 503, 200), "strict": (200, 503, 503)}
