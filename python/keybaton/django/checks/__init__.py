"""System checks, for `manage.py check --deploy`: one file each.

A check returns what it finds as Django's own messages. None shows a key, asks a store or makes a query.
"""

from django.core.checks import Tags, register

from . import (
    bytes_key,
    channels_stack,
    empty_fallback,
    encrypted_fields,
    fence,
    half_a_user_model,
    middleware,
    missing_ring,
    one_shot_fallbacks,
    overdue_key,
    own_settings,
    same_key,
    save_every_request,
    token_key,
    unread_token_key,
    unused_ring,
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
    missing_ring,
    same_key,
    encrypted_fields,
    fence,
    own_settings,
    unused_ring,
    unread_token_key,
)
# What these find must not wait for somebody who asks for the deployment checks: the site serves nothing right, or
# Django's own end in an error, where the key is bytes.
ALWAYS = (bytes_key, missing_ring)


def register_all() -> None:
    """Once, when the app is ready."""
    for module in CHECKS:
        register(module.check, Tags.security, deploy=module not in ALWAYS)
