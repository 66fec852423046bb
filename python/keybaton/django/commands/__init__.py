"""What `manage.py keybaton` answers itself: one file each."""

from collections.abc import Callable
from typing import Any

from . import describe, floor, observe

COMMANDS: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "observe": observe.answer,
    "describe": describe.answer,
    "floor": floor.answer,
}
