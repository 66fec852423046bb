"""What GitHub says no with: a status and a message."""

from __future__ import annotations


class RefusalError(Exception):
    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers or {}
        self.body = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}


def unauthorized() -> RefusalError:
    return RefusalError(401, "Bad credentials")


def forbidden() -> RefusalError:
    return RefusalError(403, "Must have admin rights to Repository.")


def not_found() -> RefusalError:
    return RefusalError(404, "Not Found")


def conflict() -> RefusalError:
    return RefusalError(409, "Already exists - Variable already exists")


def invalid(message: str) -> RefusalError:
    return RefusalError(422, message)
