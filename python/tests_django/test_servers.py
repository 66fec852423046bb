"""Servers in which threads do not run: there a request beats."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest
from project import PACKAGES, Project

from test_processes import databases

UWSGI = Path(sys.executable).parent / "uwsgi"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with databases():
        (tmp_path / "shop").mkdir()
        (tmp_path / "shop/__init__.py").write_text("")
        (tmp_path / "wsgi.py").write_text(WSGI)
        project = Project(tmp_path)
        project.manage("migrate", "--verbosity=0")
        yield project


@pytest.mark.skipif(not UWSGI.exists(), reason="uWSGI is not in this environment")
@pytest.mark.parametrize(
    ("options", "platform", "has_threads"),
    [
        ((), "", False),
        (("--lazy-apps",), "", False),
        (("--enable-threads",), "", True),
        (("--threads=2",), "", True),
        (("--enable-threads",), "K_SERVICE", False),
        (("--enable-threads",), "AWS_LAMBDA_FUNCTION_NAME", False),
    ],
)
def test_uwsgi_beats_with_threads_and_without(
    project: Project, options: tuple[str, ...], platform: str, has_threads: bool
) -> None:
    project.environment |= {platform: "shop"} if platform else {}
    with served(project, *options) as get:
        assert get() == "ok"
        (first,) = project.observed()["beats"]
        time.sleep(4)
        (between,) = project.observed()["beats"]
        assert get() == "ok"
        (last,) = project.observed()["beats"]
    assert (between["seen"] > first["seen"]) == has_threads
    assert last["seen"] > first["seen"]
    assert {beat["process"] for beat in (first, between, last)} == {first["process"]}
    assert project.observed()["beats"] == []


@contextmanager
def served(project: Project, *options: str) -> "Iterator[Callable[[], str]]":
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command: list[str | Path] = [
        UWSGI,
        f"--http-socket={address}",
        "--module=wsgi",
        "--master",
        "--die-on-term",
        "--need-app",
        *options,
    ]
    # The interpreter that uWSGI has inside looks for packages where this says.
    home = [f"--home={sys.prefix}", f"--pythonpath={project.folder}", f"--pythonpath={PACKAGES}"]
    log = (project.folder / "uwsgi.log").open("w+")
    with subprocess.Popen(
        [*command, *home], cwd=project.folder, env=project.environment, stderr=log, stdout=log
    ) as server:
        try:
            yield lambda: answered(f"http://{address}/", server, Path(log.name))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
            log.close()


def answered(url: str, server: "subprocess.Popen[bytes]", log: Path) -> str:
    for _ in range(200):
        assert server.poll() is None, log.read_text()
        with suppress(ConnectionError, URLError), NO_PROXY.open(url, timeout=30) as answer:
            return str(answer.read().decode())
        time.sleep(0.1)
    raise AssertionError(log.read_text())


NO_PROXY = build_opener(ProxyHandler({}))
WSGI = """\
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from keybaton.django.beats import beater

beater.EVERY = 1.0
"""
