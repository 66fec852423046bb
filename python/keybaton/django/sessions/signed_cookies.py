"""Sessions in cookies on a ring of their own: SESSION_ENGINE = "keybaton.django.sessions.signed_cookies".

The ring is SESSION_SIGNING_KEY. Django's own engine takes SECRET_KEY, whatever SIGNING_BACKEND says. The cookies are
the same: each engine reads those of the other while the ring holds the key.
"""

from typing import Any

from django.contrib.sessions.backends import signed_cookies
from django.core.exceptions import ImproperlyConfigured

from keybaton.django import signing
from keybaton.django._configuration import ring_of


class SessionStore(signed_cookies.SessionStore):  # type: ignore[misc]
    """Django's store, which signs with one key of the ring and reads with all."""

    def load(self) -> dict[str, Any]:
        """The session in the cookie; an empty one where that is none, or none any more."""
        try:
            data: dict[str, Any] = signing.loads(
                self.session_key,
                ring=ring_of("sessions"),
                serializer=self.serializer,
                max_age=self.get_session_cookie_age(),
                salt=SALT,
            )
        except ImproperlyConfigured:  # taken for a bad cookie, it would log everybody out
            raise
        except Exception:  # noqa: BLE001, as Django does: a serializer may raise anything
            self.create()
            return {}
        return data

    def _get_session_key(self) -> str:
        return signing.dumps(
            self._session, ring=ring_of("sessions"), compress=True, salt=SALT, serializer=self.serializer
        )


SALT = signed_cookies.__name__
