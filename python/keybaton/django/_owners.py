"""Which ring something belongs to that is made of a key: two rings hold the same one where one began with the other's.

Rings are told apart by the names of settings, then by the objects that load() gave, and only then by the keys.
"""

from django.conf import settings

from keybaton import _load


def main() -> str:
    """The ring of Django's own SECRET_KEY, also where something else was put into the settings."""
    return of_setting("SECRET_KEY", settings.SECRET_KEY) or "SECRET_KEY"


def named(setting: str) -> str | None:
    """The ring that a setting is called like, or whose accepted keys it is called like."""
    name = setting.removesuffix("_FALLBACKS")
    return name if name in _load.names() else None


def of_setting(setting: str, value: object) -> str | None:
    """The ring that a setting was made of; None for any other, and where it cannot be told."""
    key = value[0] if isinstance(value, list | tuple) and value else value
    return named(setting) or _load.giver_of(key) or _only(_having(key))


def by_value(key: object) -> str | None:
    """The ring of a key that Django itself took out of the settings, or copied: SECRET_KEY's before all others."""
    having = _having(key)
    return main() if main() in having else _only(having)


def is_of_another(ring: str, key: object) -> bool:
    """Whether another ring signs with this key, unless it is known to come from this one."""
    others = [name for name in _load.names() if name != ring and _load.given(name)[0] == key]
    return bool(others) and _load.giver_of(key) != ring


def _having(key: object) -> list[str]:
    return [name for name in _load.names() if isinstance(key, str) and key in _load.ever_given(name)]


def _only(names: list[str]) -> str | None:
    return names[0] if len(names) == 1 else None
