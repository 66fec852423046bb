"""System checks, for `manage.py check --deploy`: one file each.

A check returns what it finds as Django's own messages. None shows a key, asks a store or makes a query.
"""

from django.core.checks import Tags, register

from . import (
    bytes_key,
    channels_stack,
    empty_fallback,
    fence,
    half_a_user_model,
    middleware,
    one_shot_fallbacks,
    overdue_key,
    own_settings,
    save_every_request,
    token_key,
    weak_key,
)

CHECKS = (
    empty_fallback,
    one_shot_fallbacks,
    bytes_key,
    weak_key,
    overdue_key,
    middleware,
    channels_stack,
    half_a_user_model,
    token_key,
    save_every_request,
    fence,
    own_settings,
)


def register_all() -> None:
    """Once, when the app is ready."""
    for module in CHECKS:
        # Django's own deployment checks end in an error where the key is bytes: that one has to be seen without them.
        register(module.check, Tags.security, deploy=module is not bytes_key)
