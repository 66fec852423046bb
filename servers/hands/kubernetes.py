"""The Python client of Kubernetes as the tests' hand."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path
from typing import Any

import yaml
from kubernetes import client, config
from kubernetes.client import ApiException

from hands.accounts import Accounts, kubeconfig_with
from hands.audit import Audit
from hands.hand import RING, Hand
from stage import Stage


class KubernetesHand(Hand):
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._kubeconfig = Path(stage.environment["KUBECONFIG"])
        admin = config.new_client_from_config(str(self._kubeconfig))
        self._core = client.CoreV1Api(admin)
        self._accounts = Accounts(admin)
        self._audit = Audit(self._kubeconfig.with_name("audit.log"))
        self._core.create_namespace({"metadata": {"name": "shop"}})

    def surround(self, place: str) -> None:
        namespace, name = named(place)
        self._core.create_namespaced_secret(
            namespace,
            {
                "metadata": {"name": name, "labels": {"team": "shop"}, "annotations": {"shop.example/note": "ž: 1"}},
                "type": "shop.example/mixed",
                "data": {"SECRET_KEYS": encoded(b"not-ours"), "dump.bin": encoded(b"\x00\xff\xfe\n")},
            },
        )

    def surroundings(self, place: str) -> str:
        secret = self._read(place)
        if not secret:
            return ""
        metadata = {name: secret["metadata"].get(name) for name in ("labels", "annotations", "ownerReferences", "uid")}
        others = {name: value for name, value in secret.get("data", {}).items() if name not in RING}
        return json.dumps([metadata, secret.get("type"), secret.get("immutable"), others], sort_keys=True)

    def plant(self, place: str, name: str, content: bytes) -> bool:
        namespace, secret = named(place)
        data = {name: encoded(content)}
        if self._read(place):
            self.arrange_merge(place, {"data": data})
        else:
            self._core.create_namespaced_secret(namespace, {"metadata": {"name": secret}, "data": data})
        return True

    def take_out(self, place: str) -> None:
        self.arrange_merge(place, {"data": dict.fromkeys(RING)})

    def texts(self, place: str) -> dict[str, str]:
        data = self._read(place).get("data", {})
        return {name: base64.b64decode(data[name]).decode() for name in RING if name in data}

    def lock_up(self, place: str) -> dict[str, str]:
        return self.arrange_account(place, [])

    def also(self, place: str, asked: dict[str, Any]) -> object:
        """Brings about what only this platform has."""
        return getattr(self, f"arrange_{asked['do']}")(place, **asked["with"])

    def arrange_account(self, place: str, verbs: list[str]) -> dict[str, str]:
        """A service account with these rights to the Secret and none else; the environment of whoever has it."""
        return self._environment_with(self._accounts.make(*named(place), verbs))

    def arrange_account_with(self, place: str, manifest: str, roles: list[str]) -> dict[str, str]:
        """The same with some of the Roles in a manifest."""
        return self._environment_with(self._accounts.make_pasted(named(place)[0], manifest, roles))

    def arrange_reviewer(self, place: str) -> str:
        """The token of a service account that may ask whose token another one is."""
        return self._accounts.make_reviewer(named(place)[0])

    def arrange_patched_by(self, place: str, kubeconfig: str) -> dict[str, Any]:
        """What the server answers to who patches nothing at all."""
        namespace, name = named(place)
        core = client.CoreV1Api(config.new_client_from_config(kubeconfig))
        answered: dict[str, Any] = core.patch_namespaced_secret(name, namespace, {}, _content_type=MERGE).to_dict()
        return {"data": answered["data"]}

    def _environment_with(self, token: str) -> dict[str, str]:
        file = self._kubeconfig.with_name(f"kubeconfig-{secrets.token_hex(4)}")
        file.write_text(kubeconfig_with(self._kubeconfig, {"token": token}))
        return {"KUBECONFIG": str(file)}

    def arrange_secret(self, place: str, secret: dict[str, Any]) -> None:
        """A Secret with these parts."""
        namespace, name = named(place)
        parts = {**secret, "metadata": {**secret.get("metadata", {}), "name": name}}
        self._core.create_namespaced_secret(namespace, parts)

    def arrange_applied(self, place: str, manager: str, data: dict[str, str]) -> None:
        """A Secret, or a part of one, that a manager applies on the server's side."""
        namespace, name = named(place)
        applied = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": namespace},
            "data": {key: encoded(value.encode()) for key, value in data.items()},
        }
        self._core.patch_namespaced_secret(
            name, namespace, applied, field_manager=manager, force=True, _content_type=APPLY
        )

    def arrange_merge(self, place: str, change: dict[str, Any], manager: str = "hand") -> None:
        """A change of the Secret under a manager's name."""
        namespace, name = named(place)
        self._core.patch_namespaced_secret(name, namespace, change, field_manager=manager, _content_type=MERGE)

    def arrange_deleted(self, place: str) -> None:
        namespace, name = named(place)
        self._core.delete_namespaced_secret(name, namespace)

    def arrange_restored(self, place: str, key: str) -> None:
        """The Secret as a backup would bring it back: deleted, and made anew from what it was, with an older key."""
        data = {**self._read(place)["data"], "SECRET_KEY": encoded(key.encode())}
        self.arrange_deleted(place)
        self.arrange_secret(place, {"data": data})

    def arrange_going_namespace(self, place: str) -> str:  # noqa: ARG002 - every arrangement has a place
        """A namespace that is being deleted, which nothing here ends."""
        name = f"going-{secrets.token_hex(4)}"
        self._core.create_namespace({"metadata": {"name": name}})
        self._core.delete_namespace(name)
        return name

    def arrange_pod(self, place: str, spec: str) -> list[Any]:
        """Whether the server takes such a pod: where it mounts a Secret, and with which mode."""
        pod = {"metadata": {"name": f"pod-{secrets.token_hex(4)}"}, "spec": yaml.safe_load(spec)}
        for container in pod["spec"]["containers"]:
            container["image"] = "made-up"
        taken = self._core.create_namespaced_pod(named(place)[0], pod, dry_run="All").spec
        return [taken.containers[0].volume_mounts[0].mount_path, taken.volumes[0].secret.default_mode]

    def arrange_certificate(self, place: str, group: str) -> dict[str, str]:  # noqa: ARG002 - as above
        """A user of a kubeconfig, by a certificate that puts them into a group."""
        issued = self._stage.authority.issue_cert("made-up.example", common_name="made-up", organization_name=group)
        return {
            "client-certificate-data": encoded(issued.cert_chain_pems[0].bytes()),
            "client-key-data": encoded(issued.private_key_pem.bytes()),
        }

    def arrange_calls(self, place: str) -> list[str]:
        """What keybaton asked of the Secret, as the server wrote it down: the verbs in order."""
        namespace, name = named(place)
        about = [call["objectRef"] | {"verb": call["verb"]} for call in self._audit.calls_of("keybaton/")]
        return [call["verb"] for call in about if (call["namespace"], call.get("name")) == (namespace, name)]

    def arrange_written_by(self, place: str) -> list[str]:
        """Who wrote the Secret's data, as the server remembers it."""
        entries = self._read(place)["metadata"]["managedFields"]
        return sorted(entry["manager"] for entry in entries if "f:data" in entry["fieldsV1"])

    def _read(self, place: str) -> dict[str, Any]:
        namespace, name = named(place)
        try:
            found = self._core.read_namespaced_secret(name, namespace, _preload_content=False)
        except ApiException as error:
            if error.status == 404:
                return {}
            raise
        secret: dict[str, Any] = json.loads(found.data)
        return secret


def named(place: str) -> tuple[str, str]:
    namespace, _, name = place.removeprefix("k8s://").partition("/")
    return namespace, name


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
