"""What Heroku says no with: an id, which programs go by, and a sentence."""

from __future__ import annotations

from typing import Any


class RefusalError(Exception):
    def __init__(self, status: int, id_: str, message: str, **more: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"id": id_, "message": message, **more}


def unauthorized() -> RefusalError:
    return RefusalError(401, "unauthorized", "Invalid credentials provided.")


def forbidden(app: str) -> RefusalError:
    return RefusalError(403, "forbidden", f"You do not have access to the app {app}.")


def not_found(what: str = "app") -> RefusalError:
    return RefusalError(404, "not_found", f"Couldn't find that {what}.", resource=what)


def invalid(message: str) -> RefusalError:
    return RefusalError(422, "invalid_params", message)
