"""The Django app."""

from django.apps import AppConfig


class SimpleJWTConfig(AppConfig):  # type: ignore[misc]
    """Gives the backend that simplejwt has for tokens the keys of the ring."""

    name = "keybaton.simplejwt"
    label = "keybaton_simplejwt"
    verbose_name = "keybaton for simplejwt"

    def ready(self) -> None:
        from keybaton.django._tokens import give_ring

        give_ring("rest_framework_simplejwt")
