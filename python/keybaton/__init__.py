"""The key ring of a Django project, in its settings.

In settings.py:

    import keybaton

    SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()
"""

from ._errors import ConfigurationError, KeybatonWarning
from ._load import load, ring
from ._record import Key, Phase, Ring, Role

__all__ = ["ConfigurationError", "Key", "KeybatonWarning", "Phase", "Ring", "Role", "load", "ring"]
