"""Who may call: service accounts with made-up keys, people with refresh tokens, and what they are allowed."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt
from google.auth.exceptions import GoogleAuthError

from secretmanager.refusal import denied, invalid, unauthenticated

AUDIENCE = "https://secretmanager.googleapis.com/"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
IMPERSONATE = "iam.serviceAccounts.getAccessToken"


@dataclass
class Account:
    email: str
    permissions: frozenset[str]
    private_key: str
    public_key: str
    key_id: str = field(default_factory=lambda: secrets.token_hex(20))


class NoTokenError(Exception):
    """The token endpoint gives nothing for that."""


class Accounts:
    def __init__(self, project: str, token_uri: str) -> None:
        self.project = project
        self.token_uri = token_uri
        self._by_key: dict[str, Account] = {}
        self._by_refresh_token: dict[str, Account] = {}
        self._by_subject_token: dict[str, Account] = {}
        # Tokens that were given out, and when they end.
        self._tokens: dict[str, tuple[Account, float]] = {}
        # These, and the assertions that accounts signed themselves.
        self.shown: set[str] = set()

    def add(self, name: str, permissions: frozenset[str]) -> Account:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode()
        public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
        account = Account(f"{name}@{self.project}.iam.gserviceaccount.com", permissions, private, public)
        self._by_key[account.key_id] = account
        return account

    def write_key(self, account: Account, file: Path) -> str:
        """The file that `gcloud iam service-accounts keys create` leaves."""
        content = {
            "type": "service_account",
            "project_id": self.project,
            "private_key_id": account.key_id,
            "private_key": account.private_key,
            "client_email": account.email,
            "client_id": "100000000000000000001",
            "token_uri": self.token_uri,
            "universe_domain": "googleapis.com",
        }
        file.write_text(json.dumps(content))
        return str(file)

    def write_log_in(self, account: Account, file: Path, refresh_token: str) -> str:
        """The file that `gcloud auth application-default login` leaves; here a person has an account's rights."""
        self._by_refresh_token[refresh_token] = account
        content = {
            "type": "authorized_user",
            "client_id": "made-up.apps.googleusercontent.com",
            "client_secret": "made-up-client",
            "refresh_token": refresh_token,
            "quota_project_id": self.project,
            "token_uri": self.token_uri,
        }
        file.write_text(json.dumps(content))
        return str(file)

    def write_federation(self, account: Account, file: Path, subject_token: str) -> str:
        """The file that `gcloud iam workload-identity-pools create-cred-config` leaves, and the token it names."""
        self._by_subject_token[subject_token] = account
        subject = file.with_suffix(".token")
        subject.write_text(subject_token)
        content = {
            "type": "external_account",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/made/providers/up",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": self.token_uri,
            "credential_source": {"file": str(subject), "format": {"type": "text"}},
        }
        file.write_text(json.dumps(content))
        return str(file)

    def write_impersonation(self, source: str, account: Account, endpoint: str, file: Path) -> str:
        """The file that `gcloud auth application-default login --impersonate-service-account` leaves."""
        content = {
            "type": "impersonated_service_account",
            "delegates": [],
            "service_account_impersonation_url": impersonation_url(endpoint, account.email),
            "source_credentials": json.loads(Path(source).read_text()),
        }
        file.write_text(json.dumps(content))
        return str(file)

    def log_out(self, refresh_token: str) -> None:
        del self._by_refresh_token[refresh_token]

    def who(self, authorization: str) -> Account:
        """Whose bearer it is: a token of ours, or an assertion that a service account signed itself."""
        kind, _, bearer = authorization.partition(" ")
        if kind != "Bearer" or not bearer:
            raise unauthenticated("CREDENTIALS_MISSING")
        self.shown.add(bearer)
        if known := self._tokens.get(bearer):
            account, end = known
            if end < time.time():
                raise unauthenticated("ACCESS_TOKEN_EXPIRED")
            return account
        try:
            account, claims = self._read(bearer)
        except NoTokenError as error:
            raise unauthenticated("ACCESS_TOKEN_TYPE_UNSUPPORTED") from error
        if claims.get("aud") != AUDIENCE and SCOPE not in str(claims.get("scope", "")).split():
            raise unauthenticated("ACCESS_TOKEN_TYPE_UNSUPPORTED")
        return account

    def exchange(self, asked: dict[str, str]) -> dict[str, object]:
        """What the token endpoint answers."""
        match asked.get("grant_type"):
            case "urn:ietf:params:oauth:grant-type:jwt-bearer":
                account, claims = self._read(asked.get("assertion", ""))
                # Google's own programs always name Google's endpoint, wherever they ask.
                if claims.get("aud") not in (self.token_uri, "https://oauth2.googleapis.com/token"):
                    raise NoTokenError
            case "refresh_token" if asked.get("refresh_token") in self._by_refresh_token:
                account = self._by_refresh_token[asked["refresh_token"]]
            case "urn:ietf:params:oauth:grant-type:token-exchange" if (
                asked.get("subject_token") in self._by_subject_token
            ):
                account = self._by_subject_token[asked["subject_token"]]
            case _:
                raise NoTokenError
        kind = {"issued_token_type": "urn:ietf:params:oauth:token-type:access_token", "token_type": "Bearer"}
        return {"access_token": self.token_of(account), "expires_in": 3599, **kind}

    def impersonate(self, authorization: str, email: str, asked: dict[str, object]) -> dict[str, object]:
        """What whoever calls is answered who wants to act for an account."""
        if IMPERSONATE not in self.who(authorization).permissions:
            raise denied(IMPERSONATE, f"projects/-/serviceAccounts/{email}")
        [account] = [account for account in self._by_key.values() if account.email == email]
        if asked.get("scope") != [SCOPE]:
            raise invalid("The scope is required.")
        lifetime = int(str(asked.get("lifetime", "3600s")).removesuffix("s"))
        end = datetime.now(timezone.utc) + timedelta(seconds=lifetime)
        return {"accessToken": self.token_of(account, lifetime), "expireTime": end.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def token_of(self, account: Account, lifetime: float = 3599) -> str:
        token = f"ya29.made-up-{secrets.token_urlsafe(24)}"
        self._tokens[token] = (account, time.time() + lifetime)
        self.shown.add(token)
        return token

    def _read(self, assertion: str) -> tuple[Account, dict[str, object]]:
        keys = {key_id: account.public_key for key_id, account in self._by_key.items()}
        try:
            account = self._by_key[jwt.decode_header(assertion)["kid"]]
            claims = dict(jwt.decode(assertion, certs=keys))
        except (GoogleAuthError, KeyError, ValueError) as error:
            raise NoTokenError from error
        if claims.get("iss") != account.email:
            raise NoTokenError
        return account, claims


def impersonation_url(endpoint: str, email: str) -> str:
    return f"{endpoint}v1/projects/-/serviceAccounts/{email}:generateAccessToken"
