"""Signature Version 4, computed again and compared."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import quote

from awsrace.error import AwsError


@dataclass
class Signed:
    """What an Authorization header claims."""

    key_id: str
    region: str
    date: str
    scope: str
    headers: list[str]
    signature: str


@dataclass
class Request:
    path: str
    headers: Mapping[str, str]
    body: bytes


def claimed(request: Request) -> Signed:
    parts = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if parts is None:
        raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
    headers = parts["headers"].split(";")
    unsigned = [name for name in request.headers if name.startswith("x-amz-") and name not in headers]
    if "host" not in headers or unsigned:
        raise mismatch(f"{', '.join(unsigned) or 'host'} must be a 'SignedHeader' in the AWS Authorization.")
    return Signed(parts["key"], parts["region"], parts["date"], parts["scope"], headers, parts["signature"])


def verify(request: Request, signed: Signed, secret: str, now: float) -> None:
    stamp = request.headers.get("x-amz-date", "")
    at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()
    if abs(now - at) > PATIENCE or not stamp.startswith(signed.date):
        raise mismatch(f"Signature expired: {stamp} is now earlier than the time of this request allows")
    summary = hashlib.sha256(canonical(request, signed.headers).encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, signed.scope, summary])
    key = f"AWS4{secret}".encode()
    for word in signed.scope.split("/"):
        key = digest(key, word)
    if not hmac.compare_digest(digest(key, text).hex(), signed.signature):
        raise mismatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details."
        )


def canonical(request: Request, names: list[str]) -> str:
    path, _, query = request.path.partition("?")
    headers = [f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names]
    body = hashlib.sha256(request.body).hexdigest()
    return "\n".join(["POST", quote(path, safe="/-_.~"), query, "".join(headers), ";".join(names), body])


def digest(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def mismatch(sentence: str) -> AwsError:
    return AwsError("InvalidSignatureException", sentence, 403)


AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/"
    r"(?P<scope>(?P<date>\d{8})/(?P<region>[^/]+)/[a-z]+/aws4_request),"
    r"\s*SignedHeaders=(?P<headers>[^,]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
PATIENCE = 300
