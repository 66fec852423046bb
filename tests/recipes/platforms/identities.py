"""What a forge gives a job that proves who it is, and servers that believe it."""

from __future__ import annotations

import base64
import json
import os
import re
import ssl
import subprocess
import time
import urllib.request
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from ground import CHECKOUT
from toolbox import environment


def aws() -> dict[str, str]:
    """A role that may do what docs/stores/awssm.md gives a rotator; the job has nothing but its token."""
    python = environment("servers", CHECKOUT / "servers" / "requirements.txt") / "bin" / "python"
    subprocess.run([str(python), "-c", MAKE_THE_ROLE, policy("awssm", "Rotator, who", "json")], check=True)
    users = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION")
    told = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "SSL_CERT"))}
    role = {"ROTATOR_AWS_ROLE": "arn:aws:iam::123456789012:role/keybaton", "ROTATOR_AWS_TOKEN": token(signer(), {})}
    return {**{name: value for name, value in told.items() if name not in users}, **role}


def vault() -> dict[str, str]:
    """A log-in of the server's is set up for one project and environment, and the token that it asks for is made."""
    key = signer()
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    ask("sys/auth/jwt", {"type": "jwt"})
    ask("auth/jwt/config", {"jwt_validation_pubkeys": [key.public_key().public_bytes(*form).decode()]})
    ask("sys/policies/acl/keybaton", {"policy": policy("vault", "## Roles", "hcl", 1)})
    claims = {"project_path": "acme/shop", "environment": "production"}
    audience = os.environ["VAULT_ADDR"]
    bound = {"bound_audiences": [audience], "bound_claims": claims, "user_claim": "project_path"}
    ask("auth/jwt/role/keybaton", {"role_type": "jwt", "token_policies": ["keybaton"], **bound})
    own = {"ROTATOR_VAULT_ROLE": "keybaton", "ROTATOR_VAULT_TOKEN": token(key, {"aud": audience, **claims})}
    server = {
        name: value for name, value in os.environ.items() if name in ("VAULT_ADDR", "VAULT_CACERT", "SSL_CERT_FILE")
    }
    return {**server, **own}


def ask(path: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(f"{os.environ['VAULT_ADDR']}/v1/{path}", json.dumps(body).encode(), method="POST")
    request.add_header("X-Vault-Token", os.environ["VAULT_TOKEN"])
    trust = ssl.create_default_context(cafile=os.environ["VAULT_CACERT"])
    urllib.request.urlopen(request, context=trust).close()


def policy(store: str, heading: str, language: str, number: int = 0) -> str:
    """A block of the store's page, the first one below a heading or a later one."""
    text = (CHECKOUT / "docs" / "stores" / f"{store}.md").read_text("utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text[text.index(heading) :], re.MULTILINE | re.DOTALL)
    block: str = blocks[number]
    return block


def signer() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def token(key: rsa.RSAPrivateKey, claims: dict[str, str]) -> str:
    """A JSON Web Token, RFC 7519."""
    now = int(time.time())
    whole = {
        "iss": "https://gitlab.example.com",
        "sub": "project_path:acme/shop",
        "iat": now,
        "exp": now + 600,
        **claims,
    }
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "typ": "JWT"}, whole)]
    text = b".".join(map(encoded, parts))
    return b".".join([text, encoded(key.sign(text, padding.PKCS1v15(), hashes.SHA256()))]).decode()


def encoded(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")


MAKE_THE_ROLE = """
import json, sys, boto3
principal = {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com"}
trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRoleWithWebIdentity"}
iam, document = boto3.client("iam"), {"Version": "2012-10-17", "Statement": [trust]}
iam.create_role(RoleName="keybaton", AssumeRolePolicyDocument=json.dumps(document))
iam.put_role_policy(RoleName="keybaton", PolicyName="rotator", PolicyDocument=sys.argv[1])
"""
