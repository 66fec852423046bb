"""What GitLab says no with, in the shapes in which it says it."""

from __future__ import annotations

from typing import Any


class RefusalError(Exception):
    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status, self.body = status, body


def unauthorized() -> RefusalError:
    return RefusalError(401, {"message": "401 Unauthorized"})


def revoked() -> RefusalError:
    return RefusalError(401, {"error": "invalid_token", "error_description": "The token was revoked."})


def without_scope() -> RefusalError:
    return RefusalError(403, {"error": "insufficient_scope", "error_description": "It has less scope.", "scope": "api"})


def forbidden() -> RefusalError:
    return RefusalError(403, {"message": "403 Forbidden"})


def not_found(what: str) -> RefusalError:
    return RefusalError(404, {"message": f"404 {what} Not Found"})


def several() -> RefusalError:
    message = "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'"
    return RefusalError(409, {"message": message})


def malformed(error: str) -> RefusalError:
    """What is refused before anybody looks at a variable."""
    return RefusalError(400, {"error": error})


def invalid(**fields: str) -> RefusalError:
    """What a variable cannot be, by its fields."""
    return RefusalError(400, {"message": {name: [why] for name, why in fields.items()}})
