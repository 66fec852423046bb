"""Every server, by the name that the command line has for it."""

from __future__ import annotations

from collections.abc import Callable

import apiserver
import aws
import gcp
import openbao
from stage import Stage

SERVERS: dict[str, Callable[[Stage], None]] = {
    "aws": aws.start_awsrace,
    "awsmini": aws.start_awsmini,
    "gcp": gcp.start,
    "kubernetes": apiserver.start,
    "moto": aws.start_moto,
    "vault": openbao.start,
}
