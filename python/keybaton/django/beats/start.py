"""What begins the beats: the first request, task or command of a process."""

import atexit
import sys
from functools import wraps
from typing import Any

from django.core.management.base import BaseCommand
from django.core.signals import request_started

from keybaton.django._throwaway import refuse_throwaway

from .beater import check, install, stop


def listen() -> None:
    """Called once, when the apps are ready. Django tells of no command that starts, so that is put around it."""
    if getattr(BaseCommand.execute, "_keybaton", False):
        return
    install()
    request_started.connect(_requested, dispatch_uid="keybaton")
    BaseCommand.execute = _reporting(BaseCommand.execute)
    atexit.register(stop)
    if "celery" in sys.modules:
        _listen_to_celery()


def _requested(**_: object) -> None:
    refuse_throwaway()
    check("web")


def _listen_to_celery() -> None:
    from celery import signals

    for signal in (signals.worker_process_init, signals.task_prerun):
        signal.connect(_worked, weak=False, dispatch_uid="keybaton")
    for signal in (signals.worker_process_shutdown, signals.worker_shutdown):
        signal.connect(_stopped, weak=False, dispatch_uid="keybaton")


def _worked(**_: object) -> None:
    check("celery")


def _stopped(**_: object) -> None:
    stop()


def _reporting(execute: Any) -> Any:
    @wraps(execute)
    def reporting(command: BaseCommand, /, *args: Any, **options: Any) -> Any:
        if _reports(type(command).__module__):
            check("command")
        return execute(command, *args, **options)

    reporting._keybaton = True  # type: ignore[attr-defined]
    return reporting


def _reports(module: str) -> bool:
    """Not Django's own commands, and no server: they end soon, or begin with a request."""
    return not module.startswith(("django.", "keybaton.")) and not module.rpartition(".")[2].startswith("runserver")
