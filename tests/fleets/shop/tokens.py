"""Links that are signed and handed out."""

from django.core import signing


def is_good(link: str) -> bool:
    """Whether this process accepts it."""
    try:
        signing.loads(link)
    except signing.BadSignature:
        return False
    return True
