"""The files for Kubernetes in a real API server, and a rotation as the job takes it, with its account and its command.

python3 servers kubernetes -- python3 tests/recipes/cluster.py

The server is Kubernetes 1.20, which knows CronJob as batch/v1beta1: it is given that name here, and the schemas of
newer versions judge batch/v1 in platforms/kubernetes.py. Nothing runs pods in it; a thread says of each rollout that it
is through.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT / "tools"), str(CHECKOUT / "servers")]

from cache import ToolError  # noqa: E402
from toolbox import environment  # noqa: E402

if TYPE_CHECKING:
    from reached import Cluster


def main() -> int:
    python = environment("recipes", Path(__file__).with_name("requirements.txt")) / "bin" / "python"
    if Path(sys.executable) != python:
        os.execv(python, [str(python), __file__])
    from reached import Cluster

    with tempfile.TemporaryDirectory(prefix="keybaton-cluster-") as folder:
        failures = [failure for trial in TRIALS for failure in trial(Cluster.reached(Path(folder)))]
    print(*failures, sep="\n", end="\n" if failures else "")
    print(f"{len(TRIALS)} trials in a cluster, {len(failures)} failures")
    return 1 if failures else 0


def accepted(cluster: Cluster) -> Iterator[str]:
    """The server takes what kustomize makes, and the plain files and patches."""
    project = cluster.project("accepted")
    yield from unlike(cluster.run(f"{BUILT} | kubectl apply --dry-run=server -f -", project), ACCEPTED)
    cluster.run("kubectl apply -f deploy/kubernetes/site/web.yaml", project)
    plain = f"(cat {MADE}/rbac.yaml; echo ---; cat {MADE}/cronjob.yaml) | {OLDER} | kubectl apply --dry-run=server -f -"
    yield from unlike(cluster.run(plain, project), ACCEPTED[:3] + ACCEPTED[4:])
    patch = f"kubectl patch deployment web -n shop --patch-file {MADE}/deployment-web.yaml --dry-run=server -o name"
    yield from unlike(cluster.run(patch, project), ["deployment.apps/web"])


def rights(cluster: Cluster) -> Iterator[str]:
    """The job's account may what it must, and nothing more."""
    (cluster.folder / "definition.yaml").write_text(DEFINITION)
    define = "kubectl apply -f definition.yaml && kubectl wait --for=condition=established -f definition.yaml"
    cluster.run(define, cluster.folder)
    for name, words, reports, store, wanted in RIGHTS:
        project = cluster.project(f"rights-{name}", f"--name {name} {words}", reports=reports, store=store)
        cluster.run(f"kubectl apply -f {MADE}/rbac.yaml", project)
        may = cluster.may(f"{name}-rotator")
        if may != wanted:
            yield f"{name}: it may {sorted(may - wanted)} besides, and may not {sorted(wanted - may)}"


def rotation(cluster: Cluster) -> Iterator[str]:
    """The three steps, as the job takes them on three days; each starts the pods anew."""
    project = cluster.project("rotation", "--set age=1s")
    told = cluster.run("keybaton init -e production --no-input", project)
    if "k8s://shop/shop" not in told:
        yield f"the first ring: {told}"
    cluster.run(f"{BUILT} | kubectl apply -f -", project)
    job = json.loads(cluster.run("kubectl get cronjob shop-rotator -n shop -o json", project))
    [container] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    restarts = [restarted(cluster, project)]
    with cluster.rollouts():
        for day, done in (("+1d", "staged"), ("+2d", "promoted"), ("+20d", "retired")):
            command = shlex.join(["faketime", "-f", day, *container["command"]])
            told = cluster.in_a_pod(command, project, "shop-rotator")
            restarts.append(restarted(cluster, project))
            if done not in told or restarts[-1] in restarts[:-1]:
                yield f"the job on day {day}, whose pods were restarted at {restarts}: {told}"
    young = cluster.in_a_pod("keybaton rotate -e production --if-older-than 90d --no-input", project, "shop-rotator")
    yield from unlike(young, ["too young", "next"])


def begun(cluster: Cluster) -> Iterator[str]:
    """The ring begins with the key that the pods have, by the command that is printed, whatever its entry is called."""
    from platforms.kubernetes import WEB

    for name, entry, secret in (("named", "SECRET_KEY", "old-named"), ("other", "secret.key", "other")):
        manifest = WEB.replace("{name: shop, key: SECRET_KEY}", f"{{name: old-{name}, key: {entry}}}")
        project = cluster.project(f"begun-{name}", f"--name {name}", more={"deploy/kubernetes/site/web.yaml": manifest})
        make = f"keybaton generate | tr -d '\\n' | tee key | kubectl create secret generic old-{name} -n shop"
        cluster.run(f"{make} --from-file={entry}=/dev/stdin", project)
        told = json.loads(cluster.run(f"keybaton recipe kubernetes --name {name} --json", project))
        command = next(step for step in told["steps"] if step.startswith(("    keybaton", "    kubectl")))
        said = cluster.run(command, project)
        read = f"kubectl get secret {secret} -n shop -o jsonpath='{{.data.SECRET_KEY}}' | base64 -d | cmp - key"
        status = cluster.run("keybaton status -e production", project)
        if (differs := cluster.run(read, project)) or f"k8s://shop/{secret} " not in status:
            yield f"{command} said {said}, and then: {differs}{status}"


def elsewhere(cluster: Cluster) -> Iterator[str]:
    """A person who revokes from a laptop has kubectl do what the script does in the pod."""
    project = cluster.folder / "rotation"
    before = restarted(cluster, project)
    time.sleep(1)
    with cluster.rollouts():
        told = cluster.run("keybaton rotate -e production --new --no-input", project)
    if "staged" not in told or restarted(cluster, project) == before:
        yield f"from a laptop: {told}"


def fetched(cluster: Cluster) -> Iterator[str]:
    """The script has External Secrets fetch the ring, and starts the pods when that is done, as the job's account."""
    project = cluster.project("fetched", EXTERNAL, store="awssm://shop/django")
    cluster.run(f"kubectl apply -f {MADE}/external-secret.yaml -f {MADE}/rbac.yaml", project)
    before = restarted(cluster, project)
    with cluster.rollouts():
        told = cluster.in_a_pod(f"python {MADE}/after_write.py", project, "shop-rotator")
    called = cluster.run(
        "kubectl get externalsecret shop -n shop -o jsonpath='{.metadata.annotations.force-sync}'", project
    )
    if told or not called.startswith("20") or restarted(cluster, project) == before:
        yield f"fetched at {called}, restarted at {restarted(cluster, project)}: {told}"


def readers(cluster: Cluster) -> Iterator[str]:
    """Pods that read the store themselves read it, and nothing else."""
    project = cluster.project("readers", "--variant workload --name reads --set secret=shop")
    cluster.run(f"kubectl apply -f {MADE}/reader.yaml", project)
    told = cluster.in_a_pod(
        "keybaton run -e production -- sh -c 'echo a key of ${#SECRET_KEY}'", project, "reads-reader"
    )
    yield from unlike(told, ["a key of 64"])
    may = cluster.may("reads-reader")
    if may != {("get", "secrets/shop")}:
        yield f"the pods may {sorted(may)}"


def restarted(cluster: Cluster, project: Path) -> str:
    seen = json.loads(cluster.run("kubectl get deployment web -n shop -o json", project))
    annotations: dict[str, str] = seen["spec"]["template"]["metadata"].get("annotations", {})
    return annotations.get("kubectl.kubernetes.io/restartedAt", "never")


def unlike(printed: str, wanted: list[str]) -> Iterator[str]:
    """Every line has to hold the words that are wanted of it."""
    lines = printed.strip().splitlines()
    if len(lines) != len(wanted) or any(words not in line for line, words in zip(lines, wanted, strict=True)):
        yield f"wanted {wanted}, and heard: {printed}"


MADE = "deploy/kubernetes/keybaton"
OLDER = "sed 's,^apiVersion: batch/v1$,apiVersion: batch/v1beta1,'"
BUILT = f"kubectl kustomize deploy/kubernetes/site | {OLDER}"
ACCEPTED = [
    "serviceaccount/shop-rotator created",
    "role.rbac.authorization.k8s.io/shop-rotator created",
    "rolebinding.rbac.authorization.k8s.io/shop-rotator created",
    "deployment.apps/web created",
    "cronjob.batch/shop-rotator created",
]
RING = {("get", "secrets/shop"), ("patch", "secrets/shop")}
PODS = {("get", "deployments.apps/web"), ("patch", "deployments.apps/web")}
FETCHED = "externalsecrets.external-secrets.io/shop"
CALL, WATCH = ("patch", FETCHED), ("get", FETCHED)
EXTERNAL = "--set secret=shop --variant external-secrets"
# The name of a project, what is said to the recipe, whether its processes report, its store, and what the job may.
RIGHTS = [
    ("plain", "--set secret=shop", False, "", RING | PODS),
    ("app", "--set secret=shop", True, "", RING),
    ("fetched", EXTERNAL, False, "awssm://shop/django", PODS | {CALL, WATCH}),
    ("fetched-app", EXTERNAL, True, "awssm://shop/django", {CALL}),
]
DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: externalsecrets.external-secrets.io}
spec:
  group: external-secrets.io
  scope: Namespaced
  names: {kind: ExternalSecret, plural: externalsecrets, singular: externalsecret}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""
TRIALS = [accepted, rights, rotation, begun, elsewhere, readers, fetched]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolError as error:
        sys.exit(f"error: {error}")
