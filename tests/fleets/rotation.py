"""A whole rotation under load."""

from __future__ import annotations

from collections.abc import Callable

from browsers import Crowd
from fleet import PAGES, Fleet, instances
from outcome import Outcome
from project import USERS, Site


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
            if fleet.site.setup.is_ours:
                rotate(fleet, crowd)
            else:
                step_by_step(fleet, crowd)
        outcome = Outcome.of(crowd.browsers)
        if check:
            check(fleet, outcome)
        return outcome


def rotate(fleet: Fleet, crowd: Crowd) -> None:
    fleet.rotate("promote", crowd)
    bring_mails(crowd)
    crowd.forget_mails()
    fleet.rotate("retire", crowd)
    bring_mails(crowd)


def step_by_step(fleet: Fleet, crowd: Crowd) -> None:
    """The same steps: nobody asks stock Django's processes which keys they have."""
    for step in ("stage", "promote", "retire"):
        if step == "retire":
            crowd.forget_mails()
        fleet.take(step, crowd)
        bring_mails(crowd)


def bring_mails(crowd: Crowd) -> None:
    for browser in crowd.browsers:
        browser.bring_first_and_last()
