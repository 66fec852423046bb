"""Service accounts of a cluster, each with the rights that a test gives it."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import yaml
from kubernetes import client


class Accounts:
    def __init__(self, connection: client.ApiClient) -> None:
        self._core = client.CoreV1Api(connection)
        self._rbac = client.RbacAuthorizationV1Api(connection)

    def make(self, namespace: str, secret: str, verbs: list[str]) -> str:
        """Makes one with these rights to one Secret; its token."""
        role = {"metadata": {"name": f"role-{secrets.token_hex(4)}"}, "rules": rules_for(secret, verbs)}
        return self.make_with(namespace, [role])

    def make_pasted(self, namespace: str, manifest: str, names: list[str]) -> str:
        """Makes one that is bound to Roles out of a manifest; its token."""
        roles = [role for role in yaml.safe_load_all(manifest) if role["metadata"]["name"] in names]
        for role in roles:
            # The next test pastes the same.
            role["metadata"]["name"] += f"-{secrets.token_hex(4)}"
        return self.make_with(namespace, roles)

    def make_with(self, namespace: str, roles: list[dict[str, Any]]) -> str:
        subject = self._make(namespace)
        for role in roles:
            self._rbac.create_namespaced_role(namespace, role)
            reference = {**GROUP, "kind": "Role", "name": role["metadata"]["name"]}
            binding = {"metadata": role["metadata"], "subjects": [subject], "roleRef": reference}
            self._rbac.create_namespaced_role_binding(namespace, binding)
        return self._token(subject)

    def make_reviewer(self, namespace: str) -> str:
        """Makes one that may ask whose token another one is; its token."""
        subject = self._make(namespace)
        reference = {**GROUP, "kind": "ClusterRole", "name": "system:auth-delegator"}
        binding = {"metadata": {"name": subject["name"]}, "subjects": [subject], "roleRef": reference}
        self._rbac.create_cluster_role_binding(binding)
        return self._token(subject)

    def _make(self, namespace: str) -> dict[str, str]:
        name = f"account-{secrets.token_hex(4)}"
        self._core.create_namespaced_service_account(namespace, {"metadata": {"name": name}})
        return {"kind": "ServiceAccount", "name": name, "namespace": namespace}

    def _token(self, account: dict[str, str]) -> str:
        asked: dict[str, Any] = {"spec": {"audiences": []}}
        made = self._core.create_namespaced_service_account_token(account["name"], account["namespace"], asked)
        token: str = made.status.token
        return token


def rules_for(secret: str, verbs: list[str]) -> list[dict[str, Any]]:
    """Whoever creates does not name what is not there yet, so that right cannot be had for one name."""
    named = [verb for verb in verbs if verb != "create"]
    rules: list[dict[str, Any]] = []
    if named:
        rules.append({"apiGroups": [""], "resources": ["secrets"], "resourceNames": [secret], "verbs": named})
    if "create" in verbs:
        rules.append({"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]})
    return rules


def kubeconfig_with(original: Path, user: dict[str, Any]) -> str:
    """Another one for the same cluster and another user."""
    content = json.loads(original.read_text())
    content["users"][0]["user"] = user
    return json.dumps(content)


GROUP = {"apiGroup": "rbac.authorization.k8s.io"}
