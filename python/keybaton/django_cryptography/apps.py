"""The Django app."""

from django.apps import AppConfig


class CryptographyConfig(AppConfig):  # type: ignore[misc]
    """Gives the fields of all models the keys of the ring."""

    name = "keybaton.django_cryptography"
    label = "keybaton_django_cryptography"
    verbose_name = "keybaton for django-cryptography"

    def ready(self) -> None:
        from ._fernet import give_ring

        give_ring()
