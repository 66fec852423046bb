"""kubectl joins the files, and the schemas of Kubernetes 1.30 and newer take them. cluster.py has an API server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml
from crds import OTHERS, complaints
from ground import SHOP, Ground

Object = dict[str, Any]


def trials(ground: Ground) -> Iterator[str]:
    for scene in SCENES:
        project = ground.project(scene.name, scene.files())
        with (project / "keybaton.toml").open("a") as configuration:
            configuration.write(scene.configuration())
        said = ground.run(f"keybaton recipe kubernetes --write {scene.words}", project)
        told = [*judged(ground, project, scene)] if (project / MADE).exists() else [said]
        yield from (f"{scene.name}: {failure}" for failure in told)


@dataclass(frozen=True)
class Scene:
    name: str
    words: str = ""
    # The store of the environment; none for what the recipe proposes.
    store: str = ""
    reports: bool = False
    # A table of the configuration.
    further: str = ""
    more: dict[str, str] = field(default_factory=dict)

    def files(self) -> dict[str, str]:
        files = {
            **SHOP,
            "deploy/kubernetes/site/web.yaml": WEB,
            "deploy/kubernetes/site/kustomization.yaml": SITE,
            **self.more,
        }
        if self.reports:
            files["shop/settings.py"] += 'INSTALLED_APPS = ["keybaton.django"]\n'
            files["shop/urls.py"] = URLS
        return files

    def configuration(self) -> str:
        table = f'\n[environments.production]\nstore = "{self.store}"\npropagation = "20m"\n'
        return (table if self.store else "") + self.further


def judged(ground: Ground, project: Path, scene: Scene) -> Iterator[str]:
    built = ground.run("kubectl kustomize deploy/kubernetes/site", project)
    objects: list[Object] = list(yaml.safe_load_all(built)) if "apiVersion" in built else []
    if not objects:
        yield built
    for made in objects:
        yield from validated(made)
    for deployment in (made for made in objects if made["kind"] == "Deployment"):
        yield from differs(ground, project, deployment)
        yield from lacks(deployment, scene)
    for job in (made for made in objects if made["kind"] == "CronJob"):
        yield from lax(job, scene)
    if any(key in file.read_text() for file in (project / MADE).iterdir() for key in ("LEAK", "password")):
        yield "a secret of the manifest was copied"


def validated(made: Object) -> Iterator[str]:
    if made["apiVersion"].split("/")[0] in OTHERS:
        yield from complaints(made)
        return
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(made, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"Kubernetes {version}: {made['kind']}: {error.message}"


def differs(ground: Ground, project: Path, joined: Object) -> Iterator[str]:
    """What kubectl makes of the patch by itself is what kustomize makes of it."""
    name = joined["metadata"]["name"]
    words = f"--filename deploy/kubernetes/site/{name}.yaml --patch-file {MADE}/deployment-{name}.yaml"
    patched = ground.run(f"kubectl patch --local --output yaml {words}", project)
    alone = yaml.safe_load(patched) if patched.startswith("apiVersion") else {}
    if alone.get("spec", {}).get("template") != joined["spec"]["template"]:
        yield f"kubectl patch and kustomize differ: {patched}"


def lacks(deployment: Object, scene: Scene) -> Iterator[str]:
    pod = deployment["spec"]["template"]["spec"]
    web = next(container for container in pod["containers"] if container["name"] == "web")
    names = {entry["name"] for entry in web["env"]}
    mounts = [mount for mount in web.get("volumeMounts", []) if mount["mountPath"] == "/run/secrets/keybaton"]
    if "SECRET_KEY" in names or "DATABASE_HOST" not in names:
        yield "the key is in the environment, or something else is not any more"
    if "workload" in scene.words:
        if web["command"][:5] != ["keybaton", "run", "--watch", "-e", "production"] or "KEYBATON_ENV" not in names:
            yield "the pod does not read the store"
    elif "KEYBATON_DIR" not in names or not mounts or "subPath" in mounts[0]:
        yield "the folder is not mounted"
    probe = web.get("readinessProbe", {}).get("httpGet", {})
    if scene.reports != (probe.get("path") == "/ready/"):
        yield f"its readiness is asked so: {probe}"


def lax(job: Object, scene: Scene) -> Iterator[str]:
    spec = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [container] = spec["containers"]
    security = {**spec["securityContext"], **container["securityContext"]}
    asks = {"KEYBATON_DIR", "KEYBATON_ENV"} & {entry["name"] for entry in container.get("env", [])}
    if scene.reports != (len(asks) == 1):
        yield f"the settings of the project find their key in the job by {asks}"
    if job["spec"]["concurrencyPolicy"] != "Forbid" or any(
        security.get(name) != value for name, value in STRICT.items()
    ):
        yield f"the job may more than it must: {security}"


MADE = "deploy/kubernetes/keybaton"
VERSIONS = [f"1.{minor}" for minor in range(30, 38)]
STRICT = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
SITE = "resources:\n- web.yaml\ncomponents:\n- ../keybaton\n"
URLS = (
    'from keybaton.django import readiness\nfrom django.urls import path\n\nurlpatterns = [path("ready/", readiness)]\n'
)
WEB = """\
# The site
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels: &labels {app: web}
  template:
    metadata:
      labels: *labels
    spec:
      initContainers:
      - name: migrate
        image: ghcr.io/acme/shop:1.2
        command: [python, manage.py, migrate]
      containers:
      - name: web
        image: ghcr.io/acme/shop:1.2
        args: [gunicorn, "--bind=0.0.0.0:8000", shop.wsgi]
        env:
        - name: SECRET_KEY
          valueFrom: {secretKeyRef: {name: shop, key: SECRET_KEY}}
        - {name: DATABASE_HOST, value: db}
        - {name: DATABASE_PASSWORD, value: LEAK}
        - {name: CACHE, value: "redis://:password@cache/1"}
        - name: MAIL
          valueFrom: {secretKeyRef: {name: mail, key: url}}
        envFrom:
        - configMapRef: {name: shop}
        ports:
        - {name: http, containerPort: 8000}
        readinessProbe:
          tcpSocket: {port: http}
      - name: proxy
        image: nginx:1.29
"""
JWT = '[environments.production.rings.JWT_SIGNING_KEY]\nstore = "k8s://shop/jwt"\n'
SCENES = [
    Scene("in-the-cluster"),
    Scene("with-the-app", reports=True),
    Scene("two-rings", store="k8s://shop/shop", further=JWT, reports=True),
    Scene(
        "two-rings-fetched", "--variant external-secrets", "awssm://shop/django", further=JWT.replace("k8s", "awssm")
    ),
    Scene("the-pods-read-it", words="--variant workload"),
    Scene("the-pods-read-it-with-the-app", "--variant workload", reports=True),
    Scene(
        "the-pods-read-it-in-azure", words="--variant workload --set identity=made-up", store="akv://shop-vault/django"
    ),
    Scene("fetched-from-aws", words="--variant external-secrets", store="awssm://shop/django?region=eu-west-1"),
    Scene(
        "fetched-from-google", words="--variant external-secrets", store="gcsm://my-project/shop-django", reports=True
    ),
    Scene("fetched-from-azure", words="--variant external-secrets", store="akv://shop-vault/django?layout=separate"),
    Scene("fetched-from-parameters", words="--variant external-secrets", store="awsps:///shop/django"),
    Scene("fetched-from-vault", words="--variant external-secrets", store="vault://secret/shop/django"),
    Scene("mounted-from-aws", words="--variant csi", store="awssm://shop/django?region=eu-west-1"),
    Scene("mounted-from-parameters", words="--variant csi", store="awsps:///shop/django"),
    Scene(
        "mounted-from-google",
        words="--variant csi",
        store="gcsm://my-project/shop-django?layout=separate",
        reports=True,
    ),
    Scene(
        "mounted-from-azure",
        words="--variant csi --set tenant=made-up",
        store="akv://shop-vault/django?layout=separate",
    ),
    Scene("mounted-from-vault", words="--variant csi", store="vault://secret/shop/django"),
]
