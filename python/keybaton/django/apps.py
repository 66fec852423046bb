"""The Django app: INSTALLED_APPS = [..., "keybaton.django", ...]."""

from django.apps import AppConfig


class KeybatonConfig(AppConfig):  # type: ignore[misc]
    """Reports which keys each process of a project really uses."""

    name = "keybaton.django"
    label = "keybaton"
    verbose_name = "keybaton"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listens for the first request, task or command: nothing starts here, since every process comes by."""
        from . import checks
        from .beats import start

        checks.register_all()
        start.listen()
