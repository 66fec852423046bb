"""Everything together: from a request to an answer, one at a time."""

from __future__ import annotations

import json
import secrets
import sys
import threading
import time
import traceback
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from awsrace.error import AwsError
from awsrace.identity import Identity
from awsrace.parameterstore import ParameterStore
from awsrace.secretsmanager import SecretsManager
from awsrace.signature import Request

Answer = tuple[int, str, bytes]


class Cloud:
    def __init__(self, key_id: str, secret: str) -> None:
        self._lock = threading.Lock()
        self._identity = Identity(key_id, secret)
        self._secrets = SecretsManager()
        self._services: dict[str, SecretsManager | ParameterStore] = {
            "secretsmanager": self._secrets,
            "AmazonSSM": ParameterStore(),
        }
        self._later = 0.0
        self._refusals: dict[str, list[str]] = {}

    def answer(self, request: Request) -> Answer:
        with self._lock:
            if request.path == "/arrange":
                return self._arrange(json.loads(request.body))
            if "x-amz-target" in request.headers:
                return self._json(request)
            return self._query(request)

    def _now(self) -> float:
        return time.time() + self._later

    def _json(self, request: Request) -> Answer:
        service, _, action = request.headers["x-amz-target"].partition(".")
        try:
            caller, region = self._identity.caller_of(request, self._now())
            self._maybe_refuse(action)
            if service not in self._services:
                raise AwsError("UnknownOperationException", f"no service {service} here")
            answer = self._services[service].answer(action, json.loads(request.body), caller, region, self._now())
            return 200, JSON, json.dumps(answer).encode()
        except AwsError as error:
            # The services differ in how they write the name of this member, and clients take both.
            told = {"__type": error.code, MESSAGE.get(service, "message"): error.sentence}
            status = error.status if error.status >= 500 else 400
            return status, JSON, json.dumps(told).encode()
        except Exception:  # noqa: BLE001 - the test that asked shall see it, whatever it is
            traceback.print_exc(file=sys.stderr)
            return 500, JSON, json.dumps({"__type": "InternalServiceError"}).encode()

    def _query(self, request: Request) -> Answer:
        fields = {name: values[0] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}
        action = fields.get("Action", "")
        try:
            self._maybe_refuse(action)
            if action == "AssumeRoleWithWebIdentity":
                answer = self._identity.web_identity(fields, self._now())
            else:
                caller, _ = self._identity.caller_of(request, self._now())
                answer = self._identity.answer(action, fields, caller, self._now())
            head = f"<{action}Result>{xml(answer)}</{action}Result>"
            tail = f"<ResponseMetadata><RequestId>{secrets.token_hex(16)}</RequestId></ResponseMetadata>"
            return 200, XML, f"<{action}Response>{head}{tail}</{action}Response>".encode()
        except AwsError as error:
            code = QUERY_CODES.get(error.code, error.code)
            told = xml({"Error": {"Type": "Sender", "Code": code, "Message": error.sentence}, "RequestId": "made-up"})
            status = 403 if code in QUERY_CODES.values() else error.status
            return status, XML, f"<ErrorResponse>{told}</ErrorResponse>".encode()

    def _maybe_refuse(self, action: str) -> None:
        if waiting := self._refusals.get(action):
            code = waiting.pop()
            raise AwsError(code, "Rate exceeded", 500 if code.startswith("Internal") else 400)

    def _arrange(self, wanted: dict[str, Any]) -> Answer:
        self._later += wanted.get("later", 0)
        if refuse := wanted.get("refuse"):
            self._refusals[refuse["action"]] = [refuse["code"]] * refuse["times"]
        if owner := wanted.get("owner"):
            self._secrets.give_to(owner["region"], owner["secret"], owner["service"])
        return 200, JSON, b"{}"


def xml(value: Any) -> str:
    if not isinstance(value, dict):
        return escape(str(value))
    return "".join(f"<{name}>{xml(inner)}</{name}>" for name, inner in value.items())


JSON, XML = "application/x-amz-json-1.1", "text/xml"
MESSAGE = {"secretsmanager": "Message"}
# What the services of the older protocol call the same things.
QUERY_CODES = {
    "AccessDeniedException": "AccessDenied",
    "ExpiredTokenException": "ExpiredToken",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "UnrecognizedClientException": "InvalidClientTokenId",
}
