"""The files against the types of Azure's own packages for Python, and the scripts against shellcheck."""

from __future__ import annotations

import json
import re
import types as builtins_types
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args, get_origin

import yaml
from azure.mgmt.appcontainers import models, types
from ground import Ground
from typing_extensions import is_typeddict

from clouds.azure_rights import SUBSCRIPTION
from clouds.gcp_documents import checked
from clouds.project import Site

UNIONS = (typing.Union, getattr(builtins_types, "UnionType", typing.Union))
KINDS = {"app.yaml": types.ContainerApp, "job.yaml": types.Job, "job-jwt-key.yaml": types.Job}
BEFORE = [
    {},
    {
        "app": "keybaton.django",
        "store": "akv://shop-vault/shop-django?layout=separate",
        "further": "akv://shop-vault/jwt?layout=separate",
    },
]


def documents(ground: Ground) -> Iterator[str]:
    for variant in ("containerapp", "keyvaulturl", "appservice"):
        recipe = f"azure --variant {variant} {SUBSCRIPTION}"
        for number, before in enumerate(BEFORE):
            site = Site.of(ground, f"{variant}{number}/shop", recipe, {}, **before)
            for file in sorted((site.folder / "deploy" / "azure").iterdir()):
                text = file.read_text()
                if file.suffix == ".sh":
                    yield from checked(file.name, text)
                if file.name in KINDS:
                    told = complaints(KINDS[file.name], yaml.safe_load(text), file.name)
                    yield from (f"{variant}, {complaint}" for complaint in told)
                if "/secrets/" in text and (word := pinned(text)):
                    yield f"{variant}, {file.name} names the version in {word}"
            yield from (f"{variant}, {told}" for told in fetched(site))
            yield from referred(site, variant)


def fetched(site: Site) -> Iterator[str]:
    """Whoever fetches the image from the registry may do so there, as the identity that it has."""
    granted = set(re.findall(r'^grant (\S+) AcrPull "\$registry"$', site.made("roles.sh"), re.MULTILINE))
    fetching = set()
    for file in (site.folder / "deploy" / "azure").glob("*.yaml"):
        document = yaml.safe_load(file.read_text())
        [registry] = document["properties"]["configuration"]["registries"]
        [image] = [container["image"] for container in document["properties"]["template"]["containers"]]
        if not image.startswith(f"{registry['server']}/"):
            yield f"{file.name} signs in to {registry['server']} for {image}"
        if [registry["identity"]] != list(document["identity"]["userAssignedIdentities"]):
            yield f"{file.name} fetches its image as {registry['identity']}"
        fetching.add(registry["identity"].rpartition("/")[2])
    if granted != fetching:
        yield f"{fetching} fetch the image, and {granted} may"


def referred(site: Site, variant: str) -> Iterator[str]:
    """Each variable of the ring comes from the whole of one secret."""
    if variant == "keyvaulturl":
        app = yaml.safe_load(site.made("app.yaml"))["properties"]
        known = {secret["name"]: secret.get("keyVaultUrl") for secret in app["configuration"]["secrets"]}
        variables = {env["name"]: known.get(env.get("secretRef")) for env in app["template"]["containers"][0]["env"]}
    elif variant == "appservice":
        pairs = json.loads(site.made("settings.json"))
        variables = {pair["name"]: pair["value"].removeprefix("@Microsoft.KeyVault(SecretUri=")[:-1] for pair in pairs}
    else:
        return
    for name, end in {"SECRET_KEY": "", "SECRET_KEY_FALLBACKS": "-fallbacks", "SECRET_KEY_RING": "-ring"}.items():
        if variables[name] != f"https://shop-vault.vault.azure.net/secrets/shop-django{end}":
            yield f"{variant}: {name} comes from {variables[name]}"


def pinned(text: str) -> str | None:
    words = [word.strip("\"'(),") for word in text.split() if "vault.azure.net/secrets/" in word]
    return next((word for word in words if word.partition("/secrets/")[2].rstrip(")").count("/")), None)


def complaints(kind: Any, document: object, at: str) -> Iterator[str]:  # noqa: ANN401 - types are values here
    """What a document has that a type has not."""
    kind = next((each for each in get_args(kind) if is_typeddict(each)), kind) if get_origin(kind) in UNIONS else kind
    if is_typeddict(kind):
        known = typing.get_type_hints(kind, {**vars(models), **vars(types)})
        for name, value in typing.cast(dict[str, object], document).items():
            if name not in known:
                yield f"{at} has no {name}"
            else:
                yield from complaints(known[name], value, f"{at}.{name}")
    elif get_origin(kind) is list:
        for number, item in enumerate(typing.cast(list[object], document)):
            yield from complaints(get_args(kind)[0], item, f"{at}[{number}]")
    elif get_origin(kind) is dict:
        for name, value in typing.cast(dict[str, object], document).items():
            yield from complaints(get_args(kind)[1], value, f"{at}.{name}")
    elif not fits(kind, document):
        yield f"{at} cannot be {document!r}"


def fits(kind: Any, document: object) -> bool:  # noqa: ANN401
    if get_args(kind):
        return any(fits(each, document) for each in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return document in [each.value for each in kind]
    return kind is Any or isinstance(document, (int, float) if kind is float else kind)
