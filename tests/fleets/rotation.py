"""A whole rotation under load."""

from __future__ import annotations

from collections.abc import Callable

from fleet import PAGES, Fleet, instances
from outcome import Outcome
from project import USERS, Site

STEPS = ("stage", "promote", "retire")


def rotated(site: Site) -> Outcome:
    return walked(Fleet(site, instances(site)), USERS)


def rotated_with_a_worker(site: Site) -> Outcome:
    """Besides, pages hand links to Celery and get some back."""
    return walked(Fleet(site, instances(site), has_worker=True), USERS)


def walked(fleet: Fleet, users: int, check: Callable[[Fleet, Outcome], None] | None = None) -> Outcome:
    """Every step, with users who keep opening pages; then `check` may look, while all still run."""
    with fleet:
        with fleet.crowd(users) as crowd:
            crowd.open_pages(PAGES)
            for step in STEPS:
                if step == "retire":
                    crowd.forget_mails()
                fleet.take(step, crowd)
                for browser in crowd.browsers:
                    browser.bring_first_and_last()
        outcome = Outcome.of(crowd.browsers)
        if check:
            check(fleet, outcome)
        return outcome
