"""Whether a thread of its own would run, or only while a request is served."""

import os
import sys

from keybaton.django._configuration import setting

# Platforms that stop a process between requests, each by a variable that it sets.
FREEZING = ("AWS_LAMBDA_FUNCTION_NAME", "K_SERVICE", "FUNCTIONS_WORKER_RUNTIME", "VERCEL")


def run() -> bool:
    """As the project says it, else as it looks."""
    said = setting("THREAD")
    if said is not None:
        return bool(said)
    return not any(name in os.environ for name in FREEZING) and _run_under_uwsgi()


def _run_under_uwsgi() -> bool:
    """Without one of these options uWSGI lets no other thread run between requests."""
    uwsgi = sys.modules.get("uwsgi")
    return uwsgi is None or any(name in getattr(uwsgi, "opt", {}) for name in ("enable-threads", "threads"))
