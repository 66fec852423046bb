"""What a vault says no with, in the shape in which Key Vault says it."""

from __future__ import annotations

import json


class RefusalError(Exception):
    """A code, and often a second one inside, which is what programs go by."""

    def __init__(self, status: int, code: str, message: str, inner: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        error: dict[str, object] = {"code": code, "message": message}
        if inner is not None:
            error["innererror"] = {"code": inner}
        self.body = json.dumps({"error": error}).encode()


def bad(message: str) -> RefusalError:
    return RefusalError(400, "BadParameter", message)


def not_found(name: str) -> RefusalError:
    return RefusalError(404, "SecretNotFound", f"There is no secret {name} in this vault.")


def deleted_not_found(name: str) -> RefusalError:
    return RefusalError(404, "SecretNotFound", f"There is no deleted secret {name}.")


def disabled() -> RefusalError:
    return RefusalError(403, "Forbidden", "The version is disabled.", "SecretDisabled")


def still_recoverable(name: str) -> RefusalError:
    message = f"The secret {name} was deleted; it can be recovered or purged."
    return RefusalError(409, "Conflict", message, "ObjectIsDeletedButRecoverable")


def without_role(app: str, action: str, vault: str, name: str) -> RefusalError:
    """In a vault whose rights are roles."""
    message = f"{app} may not {action} secrets/{name} of {vault}."
    return RefusalError(403, "Forbidden", message, "ForbiddenByRbac")


def without_policy(app: str, permission: str, vault: str) -> RefusalError:
    """In a vault with access policies, the older way."""
    return RefusalError(403, "Forbidden", f"{app} has no permission {permission} in {vault}.", "AccessDenied")


def behind_firewall(vault: str) -> RefusalError:
    return RefusalError(403, "Forbidden", f"{vault} is not open to this address.", "ForbiddenByFirewall")


def unauthorized(message: str) -> RefusalError:
    return RefusalError(401, "Unauthorized", message)
