"""The platforms, one file each: what its own programs say to the files. This is the one list of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ground import Ground

from platforms import (
    action,
    ansible_hosts,
    aws,
    azure,
    compose,
    dockerfile,
    gcp,
    github_actions,
    gitlab_ci,
    heroku,
    kubernetes,
    pre_commit,
    shells,
    systemd,
    terraform,
)

# Each is given a folder to work in, and tells what is not as it should be.
PLATFORMS: dict[str, Callable[[Ground], Iterator[str]]] = {
    "action": action.trials,
    "ansible": ansible_hosts.trials,
    "aws": aws.trials,
    "azure": azure.trials,
    "bash": shells.bash,
    "compose": compose.trials,
    "direnv": shells.direnv,
    "dockerfile": dockerfile.trials,
    "fish": shells.fish,
    "gcp": gcp.trials,
    "github-actions": github_actions.trials,
    "gitlab-ci": gitlab_ci.trials,
    "heroku": heroku.trials,
    "kubernetes": kubernetes.trials,
    "powershell": shells.powershell,
    "pre-commit": pre_commit.trials,
    "systemd": systemd.trials,
    "terraform": terraform.trials,
    "zsh": shells.zsh,
}

# What is tried beside a server of servers/: it is given the server's name and a project.
BESIDE: dict[str, Callable[[Ground, str, Path], Iterator[str]]] = {
    "github-actions": github_actions.beside,
    "gitlab-ci": gitlab_ci.beside,
}
