"""What the service says no with, in the shape in which Google's interfaces say it."""

from __future__ import annotations

import json

HTTP = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
}


class RefusalError(Exception):
    """One of Google's canonical errors; `reason` is what programs go by, where there is one."""

    def __init__(self, status: str, message: str, reason: str | None = None, **metadata: str) -> None:
        super().__init__(message)
        self.code = HTTP[status]
        error: dict[str, object] = {"code": self.code, "message": message, "status": status}
        if reason is not None:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            info = {"@type": kind, "reason": reason, "domain": "googleapis.com", "metadata": metadata}
            error["details"] = [info]
        self.body = json.dumps({"error": error}).encode()


def invalid(message: str) -> RefusalError:
    return RefusalError("INVALID_ARGUMENT", message)


def unauthenticated(reason: str) -> RefusalError:
    return RefusalError("UNAUTHENTICATED", "Request had invalid authentication credentials.", reason)


def denied(permission: str, resource: str) -> RefusalError:
    """Google does not tell whoever lacks a right whether there is such a thing."""
    message = f"Permission '{permission}' denied for resource '{resource}' (or it may not exist)."
    return RefusalError("PERMISSION_DENIED", message, "IAM_PERMISSION_DENIED", permission=permission, resource=resource)
