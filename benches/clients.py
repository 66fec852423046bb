"""Read a secret with the vendor's own client: what a read with keybaton is measured beside.

python benches/clients.py awssm NAME
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path += [str(CHECKOUT / "servers"), str(CHECKOUT / "tools")]


def akv(name: str) -> None:
    from hands.akv import client, credential

    there = os.environ
    entitled = credential(there, there["AZURE_CLIENT_ID"], there["AZURE_CLIENT_SECRET"])
    client(there, "shop.vault.azure.net", entitled).get_secret(name)


def awsps(path: str) -> None:
    import boto3

    names = [f"{path}/{name}" for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEY_RING")]
    boto3.client("ssm").get_parameters(Names=names, WithDecryption=True)


def awssm(name: str) -> None:
    import boto3

    boto3.client("secretsmanager").get_secret_value(SecretId=name)


def gcsm(name: str) -> None:
    from google.oauth2 import service_account

    from hands.gcsm import client

    key = os.environ["GOOGLE_APPLICATION_CREDENTIALS"]
    credentials = service_account.Credentials.from_service_account_file(key)
    version = f"projects/my-project/secrets/{name}/versions/latest"
    client(dict(os.environ), credentials).access_secret_version(name=version)


def gitlab(project: str) -> None:
    from hands.gitlab import client

    there = dict(os.environ)
    client(there, there["GITLAB_TOKEN"]).projects.get(project, lazy=True).variables.list(get_all=True)


def heroku(app: str) -> None:
    """Not a library, but the program that people use."""
    from heroku_cli import folder
    from node import path_to

    program = folder() / "heroku"
    os.execve(program, [str(program), "config", "--json", "--app", app], {**os.environ, "PATH": path_to()})


def k8s(name: str) -> None:
    from kubernetes import client, config

    client.CoreV1Api(config.new_client_from_config()).read_namespaced_secret(name, "default")


def vault(name: str) -> None:
    """Not hvac, but the program that people use."""
    bao = Path(sys.executable).with_name("bao")
    os.execv(bao, [str(bao), "kv", "get", "-mount=secret", "-format=json", name])


CLIENTS = {read.__name__: read for read in (akv, awsps, awssm, gcsm, gitlab, heroku, k8s, vault)}

if __name__ == "__main__":
    store, name = sys.argv[1:]
    CLIENTS[store](name)
