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

from awsrace.caller import Caller
from awsrace.error import AwsError
from awsrace.identity import Identity
from awsrace.parameterstore import ParameterStore
from awsrace.secretsmanager import SecretsManager
from awsrace.signature import Request
from awsrace.tricks import Trick, Tricks, subject_of

Asked = dict[str, Any]
Service = ParameterStore | SecretsManager


class Answer:
    def __init__(self, body: str, kind: str, status: int = 200, clock: float = 0, wait: float = 0) -> None:
        self.body, self.kind, self.status = body.encode(), kind, status
        # How far the server's clock is ahead, and how late this comes, in seconds.
        self.clock, self.wait = clock, wait


class Cloud:
    def __init__(self, key_id: str, secret: str) -> None:
        self._lock = threading.Lock()
        self._identity = Identity(key_id, secret)
        self._secrets, self._parameters = SecretsManager(), ParameterStore()
        self._later = 0.0
        self._tricks = Tricks()

    def answer(self, request: Request) -> Answer | None:
        """`None`: whoever asked is left without an answer."""
        with self._lock:
            if request.path == "/arrange":
                return Answer(json.dumps(self._arrange(json.loads(request.body))), JSON)
            if "x-amz-target" in request.headers:
                return self._json(request)
            return self._query(request)

    def _now(self) -> float:
        return time.time() + self._later

    def _json(self, request: Request) -> Answer | None:
        service, _, action = request.headers["x-amz-target"].partition(".")
        trick = None
        try:
            caller, region = self._identity.caller_of(request, self._now())
            asked = json.loads(request.body)
            trick = self._tricks.begin(action, subject_of(asked))
            told = self._do(service, action, asked, caller, region, trick)
            if trick and trick.page:
                return Answer("<p>made up</p>", "text/html", trick.page)
            wait = trick.wait if trick else 0
            return None if trick and trick.silent else Answer(json.dumps(told), JSON, 200, self._clock(trick), wait)
        except AwsError as error:
            # The services differ in how they write the name of this member, and clients take both.
            words = {"__type": error.code, MESSAGE.get(service, "message"): error.sentence}
            return Answer(
                json.dumps(words), JSON, 500 if error.code.startswith("Internal") else 400, self._clock(trick)
            )
        except Exception:  # noqa: BLE001 - the test that asked shall see it, whatever it is
            traceback.print_exc(file=sys.stderr)
            return Answer('{"__type": "InternalServiceError"}', JSON, 500)

    def _clock(self, trick: Trick | None) -> float:
        return self._later + (trick.clock if trick else 0)

    def _do(
        self, service: str, action: str, asked: Asked, caller: Caller, region: str, trick: Trick | None
    ) -> Asked | None:
        does = self._parameters if service == "AmazonSSM" else self._secrets
        if trick is None:
            return does.answer(action, asked, caller, region, self._now())
        now = self._now() + trick.clock
        self._somebody_else(does, trick.before, region, now)
        told = does.answer(action, asked, caller, region, now) if trick.is_done else None
        self._somebody_else(does, trick.after, region, now)
        if trick.code:
            raise AwsError(trick.code, "Rate exceeded" if "Throttl" in trick.code else "Made up by a test.")
        return told

    def _somebody_else(self, does: Service, other: Asked | None, region: str, now: float) -> None:
        if other is not None:
            does.answer(other["action"], other["fields"], self._identity.administrator, region, now)

    def _query(self, request: Request) -> Answer:
        fields = {name: values[0] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}
        action = fields.get("Action", "")
        try:
            told = self._identified(action, fields, request)
        except AwsError as error:
            code = QUERY_CODES.get(error.code, error.code)
            words = {"Error": {"Type": "Sender", "Code": code, "Message": error.sentence}, "RequestId": "made-up"}
            status = 403 if code in QUERY_CODES.values() else error.status
            return Answer(f"<ErrorResponse>{xml(words)}</ErrorResponse>", XML, status)
        head = f"<{action}Result>{xml(told)}</{action}Result>"
        tail = f"<ResponseMetadata><RequestId>{secrets.token_hex(16)}</RequestId></ResponseMetadata>"
        return Answer(f"<{action}Response>{head}{tail}</{action}Response>", XML)

    def _identified(self, action: str, fields: dict[str, str], request: Request) -> Asked:
        if action == "AssumeRoleWithWebIdentity":
            return self._identity.web_identity(fields, self._now())
        caller, _ = self._identity.caller_of(request, self._now())
        return self._identity.answer(action, fields, caller, self._now())

    def _arrange(self, wanted: Asked) -> object:
        self._later += wanted.get("later", 0)
        if owner := wanted.get("owner"):
            self._secrets.give_to(owner["region"], owner["secret"], owner["service"])
        if trick := wanted.get("trick"):
            self._tricks.add(trick)
        return self._tricks.calls(wanted["calls"]) if "calls" in wanted else None


def xml(value: object) -> str:
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
