"""A process whose key was drawn for itself alone serves nobody."""

import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from keybaton import _load

from ._configuration import fence


def refuse_throwaway() -> None:
    """Raises where KEYBATON_THROWAWAY=1 was left over from a build: each process would sign with another key."""
    if _load.is_throwaway(settings.SECRET_KEY) and fence() != "off" and not are_tests_running():
        raise ImproperlyConfigured(
            f"the key of this process is a throw-away one, drawn because {_load.THROWAWAY}=1 is set: no other process"
            " reads what it signs, so it serves no requests\n"
            f"hint: unset {_load.THROWAWAY} where the site is served; it is for builds and tests"
        )


def are_tests_running() -> bool:
    """Whether Django's test environment is set up."""
    tests = sys.modules.get("django.test.utils")  # looked up, since importing it would load all of django.test
    return tests is not None and hasattr(tests._TestState, "saved_data")
