"""Three servers that speak AWS's interface, behind TLS: our own stand-in, `fakecloud` and `moto`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import boto3
from cache import ToolError, locked, run, say

from stage import Stage, free_port

SERVERS = Path(__file__).resolve().parent


def start_awsrace(stage: Stage) -> None:
    """Keeps what AWS documents, also when twenty ask at once: what conformance is tested against."""
    port = prepare(stage)
    key = {"AWS_ACCESS_KEY_ID": "AKIAMADEUP0000000000", "AWS_SECRET_ACCESS_KEY": "made-up-secret-access-key"}
    command: list[str | Path] = [sys.executable, "-B", "-m", "awsrace", str(port), *certificate(stage)]
    stage.start("awsrace", command, port, PYTHONPATH=str(SERVERS), **key)
    serve(stage, key)


def start_awsmini(stage: Stage) -> None:
    """Somebody else's reading of AWS's documents. Built first, which takes minutes."""
    program = built()
    port = prepare(stage)
    stage.start("awsmini", [program, f"127.0.0.1:{port}", *certificate(stage)], port)
    serve(stage, {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"})
    serve(stage, administrator())
    kms = boto3.Session().client("kms")
    kms.create_alias(AliasName="alias/made-up", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])


def start_moto(stage: Stage) -> None:
    """A third reading of them."""
    port = prepare(stage)
    chain, key = certificate(stage)
    program = Path(sys.executable).parent / "moto_server"
    command: list[str | Path] = [program, "-H", "127.0.0.1", "-p", str(port), "-c", chain, "-k", key]
    # Whoever asks is believed until the administrator is made.
    stage.start("moto", command, port, INITIAL_NO_AUTH_ACTION_COUNT=str(CALLS_OF_ADMINISTRATOR))
    serve(stage, {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"})
    serve(stage, administrator())


def built() -> Path:
    """The program of servers/awsmini, in the cache."""
    manifest = SERVERS / "awsmini" / "Cargo.toml"
    with locked("awsmini") as folder:
        program = folder / "debug" / "awsmini"
        if not program.exists():
            say("building awsmini, which takes some minutes this first time")
        run(["nice", "cargo", "build", "--locked", "--quiet", "--manifest-path", manifest, "--target-dir", folder])
        return program


def prepare(stage: Stage) -> int:
    """A port, once nothing of the machine's own AWS settings can be seen by the command or the hands."""
    if "AWS_ENDPOINT_URL" in stage.environment:
        raise ToolError("each of the servers for AWS wants to be the only one: name one")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    port = free_port()
    files = {"AWS_CONFIG_FILE": stage.folder / "aws-config", "AWS_SHARED_CREDENTIALS_FILE": stage.folder / "aws-keys"}
    for file in files.values():
        file.touch()
    serve(
        stage,
        {name: str(file) for name, file in files.items()}
        | {
            "AWS_ENDPOINT_URL": f"https://127.0.0.1:{port}",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CA_BUNDLE": str(stage.authority_file),
            "AWS_EC2_METADATA_DISABLED": "true",
        },
    )
    stage.environment["SSL_CERT_FILE"] = str(stage.authority_file)
    return port


def serve(stage: Stage, there: dict[str, str]) -> None:
    """For the command, and for the hands in this process."""
    stage.environment |= there
    os.environ.update(there)


def certificate(stage: Stage) -> tuple[Path, Path]:
    issued = stage.authority.issue_cert("127.0.0.1", "localhost")
    chain, key = stage.folder / "aws.pem", stage.folder / "aws.key"
    for number, part in enumerate(issued.cert_chain_pems):
        part.write_to_path(chain, append=number > 0)
    issued.private_key_pem.write_to_path(key)
    return chain, key


def administrator() -> dict[str, str]:
    """The access key of a new user who may do everything."""
    return access_key("administrator", {"Effect": "Allow", "Action": "*", "Resource": "*"})


def access_key(name: str, *statements: dict[str, str]) -> dict[str, str]:
    """The access key of a new user who may do what these statements say."""
    # A session of its own: boto3's usual one keeps the first key that it finds.
    iam = boto3.Session().client("iam")
    iam.create_user(UserName=name)
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName=name, PolicyName="made-up", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


CALLS_OF_ADMINISTRATOR = 3
REGION = "us-east-1"
