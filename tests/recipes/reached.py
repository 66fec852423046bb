"""A cluster that servers/ has started, its accounts, and what stands in for its controllers."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cache import ToolError
from ground import PROGRAM, Ground
from platforms.kubernetes import MADE, Scene


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

    def project(
        self,
        name: str,
        words: str = "",
        *,
        reports: bool = False,
        store: str = "",
        more: dict[str, str] | None = None,
    ) -> Path:
        scene = Scene(name, reports=reports, store=store, more=more or {})
        project = Ground(self.folder).project(name, scene.files())
        with (project / "keybaton.toml").open("a") as configuration:
            configuration.write(scene.configuration())
        told = self.run(f"keybaton recipe kubernetes --write {words}", project)
        assert (project / MADE).exists(), told
        return project

    def run(self, line: str, folder: Path, **there: str) -> str:
        """What somebody's shell prints, who is the cluster's administrator."""
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
        own = "unshare --mount" if os.geteuid() == 0 else "unshare --map-root-user --mount"
        return self.run(f"{own} sh -c {shlex.quote(inside)}", folder, **service)

    def rollouts(self) -> Rollouts:
        return Rollouts(self)

    def may(self, account: str) -> set[tuple[str, str]]:
        """All that an account may, of what matters."""
        who = f"--as=system:serviceaccount:shop:{account} -n shop"
        asked = [(verb, what) for what in OBJECTS for verb in VERBS]
        with ThreadPoolExecutor(4) as several:
            told = several.map(lambda it: self.run(f"kubectl auth can-i {it[0]} {it[1]} {who}", self.folder), asked)
        return {question for question, answer in zip(asked, told, strict=True) if answer.strip().endswith("yes")}


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
            self._fetch()
            if seen["status"].get("observedGeneration") != now:
                counts = dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas", "readyReplicas"), count)
                change = shlex.quote(json.dumps({"status": {"observedGeneration": now, **counts}}))
                patch = f"kubectl patch deployment web -n shop --subresource=status --type=merge -p {change}"
                self._cluster.run(patch, self._cluster.folder)

    def _fetch(self) -> None:
        """As External Secrets does where it is called."""
        seen = self._cluster.run("kubectl get externalsecret shop -n shop -o json", self._cluster.folder)
        if not seen.startswith("{"):
            return
        called = json.loads(seen)["metadata"]["annotations"].get("force-sync", "")
        change = shlex.quote(json.dumps({"status": {"refreshTime": called}}))
        patch = f"kubectl patch externalsecret shop -n shop --subresource=status --type=merge -p {change}"
        self._cluster.run(patch, self._cluster.folder)


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
