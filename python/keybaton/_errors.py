"""What the caller sees when there is no key, or when something about it is odd."""


class KeybatonWarning(UserWarning):
    """The key can be used, and something about it wants a look."""

    __module__ = "keybaton"


class ConfigurationError(RuntimeError):
    """There is no key to be had. Raised only where Django's ImproperlyConfigured cannot be imported."""

    __module__ = "keybaton"


class Trouble(Exception):  # noqa: N818, nobody outside sees it
    """Why a place gave no key: one sentence, and what to do now.

    It stays inside the package: the frames it passes through hold keys, so `load()` drops it and raises afresh.
    """

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    def text(self) -> str:
        """The message for the user: the sentence, and the hint on a line of its own."""
        return f"{self.sentence}\nhint: {self.hint}" if self.hint else self.sentence


def configuration_error(text: str) -> Exception:
    """The error to raise: Django's own where Django can be imported, else ours."""
    try:
        from django.core.exceptions import ImproperlyConfigured
    except ImportError:
        return ConfigurationError(text)
    error: Exception = ImproperlyConfigured(text)
    return error
