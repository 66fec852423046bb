"""The Django app."""

from django.apps import AppConfig


class NinjaJWTConfig(AppConfig):  # type: ignore[misc]
    """Gives the backend that django-ninja-jwt has for tokens the keys of the ring."""

    name = "keybaton.ninja_jwt"
    label = "keybaton_ninja_jwt"
    verbose_name = "keybaton for django-ninja-jwt"

    def ready(self) -> None:
        from keybaton.django._tokens import give_ring

        give_ring("ninja_jwt")
