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
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT / "tools"), str(CHECKOUT / "servers")]

from cache import ToolError  # noqa: E402
from toolbox import environment  # noqa: E402


def main() -> int:
    python = environment("recipes", Path(__file__).with_name("requirements.txt")) / "bin" / "python"
    if Path(sys.executable) != python:
        os.execv(python, [str(python), __file__])
    with tempfile.TemporaryDirectory(prefix="keybaton-cluster-") as folder:
        failures = [failure for trial in TRIALS for failure in trial(Cluster.reached(Path(folder)))]
    print(*failures, sep="\n", end="\n" if failures else "")
    print(f"{len(TRIALS)} trials in a cluster, {len(failures)} failures")
    return 1 if failures else 0


@dataclass(frozen=True)
class Cluster:
    folder: Path
    kubeconfig: dict[str, object]
    server: str
    authority: Path

    @classmethod
    def reached(cls, folder: Path) -> Cluster:
        if "KUBECONFIG" not in os.environ:
            raise ToolError("there is no cluster: python3 servers kubernetes -- python3 tests/recipes/cluster.py")
        said = json.loads(Path(os.environ["KUBECONFIG"]).read_text())
        cluster = said["clusters"][0]["cluster"]
        return cls(folder, said, cluster["server"], Path(cluster["certificate-authority"]))

    def project(self, name: str, words: str = "", *, reports: bool = False) -> Path:
        from ground import Ground
        from platforms.kubernetes import Scene

        project = Ground(self.folder).project(name, Scene(name, reports=reports).files())
        told = self.run(f"keybaton recipe kubernetes --write {words}", project)
        assert (project / "deploy/kubernetes/keybaton").exists(), told
        return project

    def run(self, line: str, folder: Path, **there: str) -> str:
        """What somebody's shell prints, who is the cluster's administrator."""
        from ground import PROGRAM

        path = os.pathsep.join([str(PROGRAM.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
        known = {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8", "KUBECONFIG": os.environ["KUBECONFIG"]}
        shell = ["sh", "-c", f"exec 2>&1\n{line}"]
        heard, nobody = subprocess.PIPE, subprocess.DEVNULL
        return subprocess.run(
            shell, cwd=folder, env={**known, **there}, stdin=nobody, stdout=heard, text=True, timeout=300
        ).stdout

    def in_a_pod(self, line: str, folder: Path, account: str) -> str:
        """What a shell prints that has a pod's account, no kubeconfig, and no rights on the machine."""
        token = self.run(f"kubectl create token {account} -n shop", folder).strip()
        mounted = self.folder / f"account-{account}"
        mounted.mkdir(exist_ok=True)
        for name, text in {"token": token, "ca.crt": self.authority.read_text(), "namespace": "shop"}.items():
            (mounted / name).write_text(text)
        address = urlsplit(self.server)
        inside = "mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io"
        inside += f" && cp -r {mounted} /run/secrets/kubernetes.io/serviceaccount && chmod -R a+rX /run/secrets"
        # As in the pod: a root that is read-only, none of root's capabilities, and no home.
        inside += " && mount -o remount,bind,ro / && exec setpriv --bounding-set=-all"
        inside += f" env -u KUBECONFIG HOME=/nonexistent sh -c {shlex.quote(line)}"
        service = {"KUBERNETES_SERVICE_HOST": str(address.hostname), "KUBERNETES_SERVICE_PORT": str(address.port)}
        return self.run(f"unshare --map-root-user --mount sh -c {shlex.quote(inside)}", folder, **service)

    def may(self, account: str) -> set[tuple[str, str]]:
        """All that an account may, of what matters."""
        who = f"--as=system:serviceaccount:shop:{account} -n shop"
        asked = [(verb, what) for what in OBJECTS for verb in VERBS]
        with ThreadPoolExecutor(4) as several:
            told = several.map(lambda it: self.run(f"kubectl auth can-i {it[0]} {it[1]} {who}", self.folder), asked)
        return {question for question, answer in zip(asked, told, strict=True) if answer.strip().endswith("yes")}


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
    for name, words, reports, wanted in RIGHTS:
        project = cluster.project(f"rights-{name}", f"--name {name} {words}", reports=reports)
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
    with Rollouts(cluster):
        for day, done in (("+1d", "staged"), ("+2d", "promoted"), ("+20d", "retired")):
            command = shlex.join(["faketime", "-f", day, *container["command"]])
            told = cluster.in_a_pod(command, project, "shop-rotator")
            restarts.append(restarted(cluster, project))
            if done not in told or restarts[-1] in restarts[:-1]:
                yield f"the job on day {day}, whose pods were restarted at {restarts}: {told}"
    young = cluster.in_a_pod("keybaton rotate -e production --if-older-than 90d --no-input", project, "shop-rotator")
    yield from unlike(young, ["too young", "next"])


def elsewhere(cluster: Cluster) -> Iterator[str]:
    """A person who revokes from a laptop has kubectl do what the script does in the pod."""
    project = cluster.folder / "rotation"
    before = restarted(cluster, project)
    time.sleep(1)
    with Rollouts(cluster):
        told = cluster.run("keybaton rotate -e production --new --no-input", project)
    if "staged" not in told or restarted(cluster, project) == before:
        yield f"from a laptop: {told}"


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


class Rollouts:
    """Says of each rollout that it is through, as the controllers of a whole cluster would."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._is_over = cluster, threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.wait(0.5):
            seen = json.loads(self._cluster.run("kubectl get deployment web -n shop -o json", self._cluster.folder))
            now, count = seen["metadata"]["generation"], seen["spec"]["replicas"]
            if seen["status"].get("observedGeneration") != now:
                counts = dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas", "readyReplicas"), count)
                change = shlex.quote(json.dumps({"status": {"observedGeneration": now, **counts}}))
                patch = f"kubectl patch deployment web -n shop --subresource=status --type=merge -p {change}"
                self._cluster.run(patch, self._cluster.folder)


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
VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]
OBJECTS = [
    *("secrets/shop", "secrets/other", "secrets", "deployments.apps/web", "deployments.apps/other", "deployments.apps"),
    *("deployments.apps/web --subresource=scale", "deployments.apps/web --subresource=status"),
    *(
        "externalsecrets.external-secrets.io/shop",
        "externalsecrets.external-secrets.io",
        "secretstores.external-secrets.io",
    ),
    *("pods", "pods --subresource=exec", "pods --subresource=log", "configmaps", "serviceaccounts"),
    *(
        "serviceaccounts/shop-rotator --subresource=token",
        "roles.rbac.authorization.k8s.io",
        "cronjobs.batch",
        "jobs.batch",
    ),
    *("rolebindings.rbac.authorization.k8s.io", "statefulsets.apps", "namespaces", "nodes"),
]
RING = {("get", "secrets/shop"), ("patch", "secrets/shop")}
PODS = {("get", "deployments.apps/web"), ("patch", "deployments.apps/web")}
# The name of a project, what is said to the recipe, whether its processes report, and what the job may.
RIGHTS = [
    ("plain", "--set secret=shop", False, RING | PODS),
    ("app", "--set secret=shop", True, RING),
]
TRIALS = [accepted, rights, rotation, elsewhere, readers]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolError as error:
        sys.exit(f"error: {error}")
