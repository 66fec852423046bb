"""One instance whose clock is ten minutes off."""

from __future__ import annotations

from fleet import Fleet
from outcome import Outcome
from processes import Instance
from project import Site
from rotation import walked


def ahead(site: Site) -> Outcome:
    return with_one_off(site, "+10m")


def behind(site: Site) -> Outcome:
    return with_one_off(site, "-10m")


def with_one_off(site: Site, off: str) -> Outcome:
    """The times of the beats are the database's: nobody looks as if he were gone, or came from the future."""
    return walked(Fleet(site, [Instance("right", site), Instance("off", site, off=off)]), USERS, times)


def times(fleet: Fleet, outcome: Outcome) -> None:
    right, other = (float(instance.get("/clock/")) for instance in fleet.instances)
    outcome.expect("minutes between the clocks", round(abs(right - other) / 60), 10)
    told = fleet.site.observed()
    ages = [told["now"] - beat[time] for beat in told["beats"] for time in ("seen", "started")]
    outcome.expect("times told", len(ages), 4)
    outcome.expect("ages of the beats", [age for age in ages if not 0 <= age < OLDEST], [])


# libfaketime costs a request 20 ms and more.
USERS = 1
# Not as old as the clocks are apart.
OLDEST = 500
