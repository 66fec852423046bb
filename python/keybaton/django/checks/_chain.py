"""What stands in MIDDLEWARE."""

from django.conf import settings
from django.utils.module_loading import import_string


def places_of(kind: type) -> list[int]:
    """Where in the list a class stands, or one that is made from it."""
    chain = enumerate(map(_imported, settings.MIDDLEWARE))
    return [place for place, found in chain if isinstance(found, type) and issubclass(found, kind)]


def _imported(name: str) -> object:
    """Nothing where it cannot be imported: Django says so itself when it starts."""
    try:
        return import_string(name)
    except ImportError:
        return None
