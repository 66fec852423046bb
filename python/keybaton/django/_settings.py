"""The settings that were made of a ring."""

from collections.abc import Iterator

from django.conf import settings

from . import _owners


def replace(ring: str, old: str, before: tuple[str, ...], signing: str, accepted: tuple[str, ...]) -> None:
    """Each setting that is the key of this ring, or the list of the accepted ones, says what counts now.

    At no moment is a key refused that is accepted before and after: the lists hold every key meanwhile.
    """
    said = {name: value for name, value in everything().items() if _owners.of_setting(name, value) == ring}
    keys = [name for name, value in said.items() if value == old]
    lists = [name for name, value in said.items() if _is_list_of(name, value, before, keys)]
    more = {name: _added(said[name], {old, *before, *accepted}) for name in lists}
    meanwhile = dict.fromkeys([signing, *accepted, old])
    _write_all({name: [*meanwhile, *more[name]] for name in lists})
    _write_all(dict.fromkeys(keys, signing))
    _write_all({name: [*accepted, *more[name]] for name in lists})


def everything() -> dict[str, object]:
    """The settings as they are, without asking for each: some warn when they are asked for."""
    return {name: value for said in reversed(list(_layers())) for name, value in said.items() if name.isupper()}


def _layers() -> Iterator[dict[str, object]]:
    """What a project has said in a call of configure(), or a test for a while, stands before the rest."""
    settings.SECRET_KEY  # noqa: B018, they are read when they are first asked for
    layer: object = settings._wrapped
    while layer is not None:
        yield vars(layer)
        layer = vars(layer).get("default_settings")


def _is_list_of(name: str, value: object, before: tuple[str, ...], keys: list[str]) -> bool:
    """Whether a setting is the list that load() gave; one that is called so also where it was changed since."""
    if name.endswith("_FALLBACKS") and name.removesuffix("_FALLBACKS") in keys:
        return True
    return isinstance(value, list | tuple) and bool(value) and tuple(value) == before


def _added(value: object, ring: set[str]) -> list[str]:
    """Keys from elsewhere, which a project accepts besides; a generator would be used up."""
    return [key for key in value if key not in ring] if isinstance(value, list | tuple) else []


def _write_all(said: dict[str, object]) -> None:
    """Django keeps a setting twice. Without forgetting one of them, no thread can bring the old one back."""
    for name, value in said.items():
        getattr(settings, name)
        setattr(settings._wrapped, name, value)
        settings.__dict__[name] = value
