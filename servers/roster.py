"""Every server, by the name that the command line has for it."""

from __future__ import annotations

from collections.abc import Callable

import apiserver
import aws
import azure_cloud
import credentials
import gcp
import github_actions
import gitlab_ci
import heroku_platform
import keychain
import openbao
from stage import Stage

SERVERS: dict[str, Callable[[Stage], None]] = {
    "aws": aws.start_awsrace,
    "awsmini": aws.start_awsmini,
    "azure": azure_cloud.start,
    "gcp": gcp.start,
    "github": github_actions.start,
    "gitlab": gitlab_ci.start,
    "heroku": heroku_platform.start,
    "keychain": keychain.start,
    "kubernetes": apiserver.start,
    "moto": aws.start_moto,
    "systemd": credentials.start,
    "vault": openbao.start,
}
