"""What has copied the key when it was imported: here simplejwt, which signs tokens and knows one key alone."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable

from project import PATIENCE, PROGRAM, Instance, Project, Serve


def test_a_key_retires_when_no_process_signs_tokens_with_it_any_more(project: Project, serve: Serve) -> None:
    project.configure('longest-signature = "1s"')
    (project.folder / "urls.py").write_text(URLS)
    old, instance = key_of(project), serve(follows=True)
    tokens = [token_of(instance)]
    assert "promoted " in project.says("rotate", "--new", "--wait", "--timeout", "90s")
    wait_until(lambda: instance.get("/key/")[1] == key_of(project) != old)
    with project.starts([str(PROGRAM), "rotate", "--continue", "--wait=retire", "--timeout", "90s"]) as rotation:
        wait_until(lambda: holds(project) == ["simplejwt"], instance, tokens)
        tokens.append(token_of(instance))
        assert {signed_with(token, old) for token in tokens} == {True}, (
            "its settings have the new key, and simplejwt has not"
        )
        assert (
            "error: too early to retire: 1 web uses the old key in simplejwt and needs a restart (a1, up for SPAN)"
            in (project.says("retire"))
        )
        assert {instance.get(f"/accepts/{token}/")[1] for token in tokens} == {"yes"}
        assert rotation.poll() is None
        instance.restart()
        assert rotation.stdout
        assert "retired " in rotation.stdout.read()
    assert rotation.returncode == 0
    token = token_of(instance)
    assert signed_with(token, key_of(project))
    assert instance.get(f"/accepts/{token}/")[1] == "yes"
    # It has no fallbacks: whose tokens are to outlive a restart gives it a key of its own, as `check --deploy` says.
    assert instance.get(f"/accepts/{tokens[0]}/")[1] == "no"


def wait_until(is_so: Callable[[], bool], instance: Instance | None = None, tokens: list[str] | None = None) -> None:
    """Meanwhile each token is accepted."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        assert all(instance.get(f"/accepts/{token}/")[1] == "yes" for token in tokens or [] if instance)
        time.sleep(0.5)


def key_of(project: Project) -> str:
    return (project.folder / "ring" / "SECRET_KEY").read_text().strip()


def token_of(instance: Instance) -> str:
    status, token = instance.get("/token/")
    assert status == 200
    return token


def holds(project: Project) -> list[str]:
    return [name for awaited in project.status()["next"].get("awaits", []) for name in awaited["holds"]]


def signed_with(token: str, key: str) -> bool:
    said, _, signature = token.rpartition(".")
    made = hmac.digest(key.encode(), said.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode() == signature


URLS = """\
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken


def accepts(request, token):
    try:
        AccessToken(token)
    except TokenError:
        return HttpResponse("no")
    return HttpResponse("yes")


urlpatterns = [
    path("", lambda request: HttpResponse("ok")),
    path("key/", lambda request: HttpResponse(settings.SECRET_KEY)),
    path("token/", lambda request: HttpResponse(str(AccessToken()))),
    path("accepts/<token>/", accepts),
]
"""
