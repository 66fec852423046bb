"""Entra, the directory that gives tokens: applications, their secrets, and what each may do with secrets."""

from __future__ import annotations

import secrets
import threading
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

Json = dict[str, Any]


@dataclass(frozen=True)
class App:
    id: str
    secret: str
    rights: frozenset[str]


@dataclass(frozen=True)
class Token:
    app: App
    resource: str
    until: float


class NoTokenError(Exception):
    def __init__(self, status: int, error: str, code: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.body: Json = {
            "error": error,
            "error_description": f"AADSTS{code}: {text} Trace ID: made-up Correlation ID: made-up",
            "error_codes": [code],
            "error_uri": f"https://login.microsoftonline.com/error?code={code}",
        }


class Directory:
    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self.apps: dict[str, App] = {}
        # What a cluster's issuer says of its pods, and certificates, each with the application it stands for.
        self.federated: dict[str, App] = {}
        self.certificates: dict[str, x509.Certificate] = {}
        self._lock = threading.Lock()
        self._tokens: dict[str, Token] = {}
        self.given: set[str] = set()

    def add(self, id_: str, secret: str, rights: frozenset[str]) -> App:
        self.apps[id_] = App(id_, secret, rights)
        return self.apps[id_]

    def exchange(self, tenant: str, asked: dict[str, str], endpoint: str) -> Json:
        """The flow of client credentials, with a secret or with a signed assertion."""
        if tenant != self.tenant:
            raise NoTokenError(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
        app = self.apps.get(asked.get("client_id", ""))
        if app is None:
            raise NoTokenError(400, "unauthorized_client", 700016, "Application was not found in the directory.")
        self._must_be(app, asked, endpoint)
        scope = asked.get("scope", "")
        resource = scope.removesuffix("/.default")
        if resource not in RESOURCES or resource == scope:
            raise NoTokenError(
                400, "invalid_resource", 500011, f"The resource principal named {resource} was not found."
            )
        token = self.issue(app, resource)
        return {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token}

    def issue(self, app: App, resource: str, lifetime: float = 3600) -> str:
        token = secrets.token_urlsafe(48)
        with self._lock:
            self._tokens[token] = Token(app, resource, time.time() + lifetime)
            self.given.add(token)
        return token

    def who(self, authorization: str) -> Token | None:
        """Who bears a token that was given here and has not run out."""
        scheme, _, token = authorization.partition(" ")
        with self._lock:
            found = self._tokens.get(token) if scheme == "Bearer" else None
        return found if found is not None and found.until > time.time() else None

    def _must_be(self, app: App, asked: dict[str, str], endpoint: str) -> None:
        if asked.get("grant_type") != "client_credentials":
            raise NoTokenError(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        if "client_assertion" in asked:
            if asked.get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
                raise NoTokenError(400, "invalid_request", 900144, "The assertion has no type.")
            self._must_be_asserted(app, asked["client_assertion"], endpoint)
        elif asked.get("client_secret") == EXPIRED_SECRET:
            raise NoTokenError(401, "invalid_client", 7000222, "The provided client secret keys are expired.")
        elif asked.get("client_secret") != app.secret:
            raise NoTokenError(401, "invalid_client", 7000215, "Invalid client secret provided.")

    def _must_be_asserted(self, app: App, assertion: str, endpoint: str) -> None:
        if self.federated.get(assertion) == app:
            return
        certificate = self.certificates.get(app.id)
        try:
            header = jwt.get_unverified_header(assertion)
        except jwt.InvalidTokenError as error:
            raise NoTokenError(
                400, "invalid_request", 700213, "No matching federated identity record found."
            ) from error
        if certificate is None or not names(certificate, header):
            raise NoTokenError(401, "invalid_client", 700027, "The certificate is not registered on the application.")
        key = certificate.public_key()
        try:
            claims = jwt.decode(assertion, key, ["PS256", "RS256"], audience=endpoint, issuer=app.id)
        except jwt.InvalidTokenError as error:
            raise NoTokenError(
                401, "invalid_client", 700024, f"Client assertion failed validation: {error}."
            ) from error
        if claims.get("sub") != app.id or not claims.get("jti"):
            raise NoTokenError(401, "invalid_client", 700021, "Client assertion has no subject or no id of its own.")


def names(certificate: x509.Certificate, header: Json) -> bool:
    """By its SHA-256, or by its SHA-1 as older clients do; some of them leave the padding of Base64."""
    known = {"x5t#S256": certificate.fingerprint(SHA256()), "x5t": certificate.fingerprint(SHA1())}  # noqa: S303
    return any(
        str(header.get(name, "")).rstrip("=") == urlsafe_b64encode(print_).decode().rstrip("=")
        for name, print_ in known.items()
    )


def discovery(authority: str, tenant: str) -> Json:
    base = f"https://{authority}/{tenant}"
    return {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
    }


RESOURCES = ("https://vault.azure.net", "https://vault.azure.cn", "https://vault.usgovcloudapi.net")
EXPIRED_SECRET = "made-up-secret-of-last-year"  # noqa: S105 - made up
