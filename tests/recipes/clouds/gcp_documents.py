"""The files against Google's descriptions of Cloud Run and IAM, and the scripts against shellcheck."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import yaml
from ground import Ground
from toolbox import tools_venv

from clouds.discovery import Discovery
from clouds.project import Site


def documents(ground: Ground) -> Iterator[str]:
    run, iam = Discovery("run.v1"), Discovery("iam.v1")
    for variant in ("run", "env", "gke"):
        recipe = f"gcp --variant {variant} --set project=my-project"
        for number, before in enumerate(BEFORE):
            site = Site.of(ground, f"{variant}{number}/shop", recipe, {}, **before)
            for file in sorted((site.folder / "deploy" / "gcp").iterdir()):
                text = file.read_text()
                if file.suffix == ".sh":
                    yield from checked(file.name, text)
                if (file.suffix == ".yaml" and variant != "gke") or file.stem in ("rotator", "breaker"):
                    document = yaml.safe_load(text)
                    kind, where = (document["kind"], run) if "kind" in document else ("Role", iam)
                    yield from (f"{variant}, {file.name}: {told}" for told in where.complaints(kind, document))
            yield from unpinned(site, variant)
            if variant == "gke":
                yield from let_in(site, recipe)


def unpinned(site: Site, variant: str) -> Iterator[str]:
    if variant == "env":
        [container] = yaml.safe_load(site.made("service.yaml"))["spec"]["template"]["spec"]["containers"]
        keys = [env["valueFrom"]["secretKeyRef"]["key"] for env in container["env"] if "valueFrom" in env]
        if keys != ["latest"] * len(keys):
            yield f"the variables are set from the versions {keys}"


def let_in(site: Site, recipe: str) -> Iterator[str]:
    """The accounts that the cluster gets are those that Google's accounts let in, each for what it is for."""
    [command] = [step for step in site.steps(recipe) if step.startswith("keybaton recipe kubernetes")]
    printed = site.ground.run(f"{command} --set deployment=web --set container=web --set image=shop:1", site.folder)
    folder = site.folder / "deploy" / "kubernetes" / "keybaton"
    if not folder.exists():
        yield f"$ {command}\n{printed}"
        return
    accounts = {}
    for file in ("rbac.yaml", "reader.yaml"):
        for made in yaml.safe_load_all((folder / file).read_text()):
            if made and made["kind"] == "ServiceAccount":
                place = f"{made['metadata']['namespace']}/{made['metadata']['name']}"
                accounts[place] = made["metadata"]["annotations"]["iam.gke.io/gcp-service-account"].split("@")[0]
    lines = [line.split() for line in site.made("roles.sh").splitlines() if line.startswith("let_in ")]
    known = {f"shop/{inside}": outside for _, outside, inside in lines}
    if known != accounts or known != {"shop/shop-reader": "shop-web", "shop/shop-rotator": "shop-rotate"}:
        yield f"in the cluster there are {accounts}, and let in are {known}"


BEFORE = [
    {},
    {
        "app": "keybaton.django",
        "store": "gcsm://my-project/shop-django?layout=separate",
        "further": "gcsm://my-project/shop-jwt?layout=separate",
    },
]


def checked(name: str, text: str) -> Iterator[str]:
    told = subprocess.run([tools_venv() / "bin" / "shellcheck", "-"], input=text, stdout=subprocess.PIPE, text=True)
    if told.returncode != 0:
        yield f"{name}: {told.stdout}"
