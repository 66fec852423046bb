"""WebSockets that are open while the key changes, behind keybaton's stack of Channels."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import User
from django.test import Client, override_settings
from rings import Ours, another, raised
from shop import COMPARING, PROMOTED, RETIRED, STAGED, stored

from keybaton import _load

pytest.importorskip("channels")

from channels import auth
from channels.generic.websocket import AsyncWebsocketConsumer

from keybaton.channels import AuthMiddleware, AuthMiddlewareStack, get_user
from keybaton.django.models import Beat

Talk = Callable[["Socket"], Awaitable[None]]


class Shop(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Answers who is there, as it is asked."""

    async def receive(self, text_data: str) -> None:
        session = self.scope["session"]
        if text_data == "put":
            await sync_to_async(session.__setitem__)("cart", "theirs")
            await sync_to_async(session.save)()
        if text_data == "sign in":
            await auth.login(self.scope, self.scope["user"]._wrapped)
        ways = {"ours": get_user, "stock": auth.get_user}
        user = await ways[text_data](self.scope) if text_data in ways else self.scope["user"]
        await self.send(user.get_username())


class Socket:
    def __init__(self, browser: Client) -> None:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
        scope = {"type": "websocket", "path": "/", "headers": [(b"cookie", cookies.encode())]}
        self._end = ApplicationCommunicator(AuthMiddlewareStack(Shop.as_asgi()), scope)

    async def opens(self) -> str:
        await self._end.send_input({"type": "websocket.connect"})
        return str((await self._end.receive_output(5))["type"])

    async def says(self, text: str = "") -> Any:
        await self._end.send_input({"type": "websocket.receive", "text": text})
        answer = await self._end.receive_output(5)
        return answer.get("text", answer.get("code"))

    async def goes(self) -> None:
        await self._end.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._end.wait(5)


def connected(browser: Client, talk: Talk) -> None:
    async def all_of_it() -> None:
        socket = Socket(browser)
        assert await socket.opens() == "websocket.accept"
        await talk(socket)
        await socket.goes()

    async_to_sync(all_of_it)()


def changed(**_: object) -> None:
    """What follow() does when it has taken a ring over, besides the settings."""
    _load._generation += 1


def test_who_connects_after_a_promotion_stays_logged_in(engine: str, browser: Client, ann: User) -> None:
    async def talk(socket: Socket) -> None:
        assert [await socket.says(way) for way in ("", "ours")] == ["ann", "ann"]

    with override_settings(**PROMOTED):
        connected(browser, talk)
        assert browser.get("/me/").content == b"ann"
        if engine in COMPARING:
            assert stored(browser)[HASH_SESSION_KEY] == ann.get_session_auth_hash()


def test_who_is_connected_meanwhile_stays_logged_in(engine: str, browser: Client, ann: User) -> None:
    async def talk(socket: Socket) -> None:
        assert await socket.says() == "ann"
        with override_settings(**PROMOTED):
            changed()
            assert await socket.says() == "ann"
            if engine != "signed_cookies":
                await socket.says("put")

    connected(browser, talk)
    if engine in COMPARING:
        with override_settings(**RETIRED):
            assert browser.get("/me/").content == b"ann"
            assert browser.get("/cart/").content == b"theirs"


@pytest.mark.parametrize("text", ["stock", "sign in"])
def test_channels_own_functions_end_no_session_of_a_key_that_is_accepted(
    engine: str, browser: Client, text: str
) -> None:
    async def talk(socket: Socket) -> None:
        with override_settings(**STAGED):
            await socket.says(text)

    with override_settings(**PROMOTED):
        browser.get("/put/?cart=mine")
    with override_settings(**STAGED):
        connected(browser, talk)
        assert browser.get("/me/").content == b"ann"
        assert browser.get("/cart/").content == b"mine"


def test_a_session_whose_key_is_gone_ends_the_connection_and_nothing_else(engine: str, browser: Client) -> None:
    async def talk(socket: Socket) -> None:
        with override_settings(**RETIRED):
            assert await socket.says() == "ann"
            changed()
            assert await socket.says() == 1012

    connected(browser, talk)
    assert browser.get("/me/").content == b"ann"


def test_who_is_not_logged_in_stays_connected() -> None:
    async def talk(socket: Socket) -> None:
        with override_settings(**RETIRED):
            changed()
            assert await socket.says() == ""

    connected(Client(), talk)


@pytest.fixture
def signed_in() -> Iterator[Client]:
    """Bob's, in a process that has a ring."""
    browser, user = Client(), User.objects.create_user("bob", password="made up")
    browser.force_login(user)
    yield browser
    user.delete()


@pytest.mark.parametrize(("fence", "answer"), [("warn", "bob"), ("strict", 1012)])
def test_a_message_asks_the_fence(
    ours: Ours, signed_in: Client, fence: str, answer: object, caplog: pytest.LogCaptureFixture
) -> None:
    async def talk(socket: Socket) -> None:
        assert await socket.says() == "bob"
        await sync_to_async(falls_behind)(ours)
        assert await socket.says() == answer

    with override_settings(KEYBATON={"THREAD": False, "FENCE": fence}):
        connected(signed_in, talk)
    assert Beat.objects.get(process=ours.id).role == "websocket"
    assert "below the floor" in caplog.text


def test_without_sessions_channels_says_what_is_missing() -> None:
    async def connect() -> None:
        end = ApplicationCommunicator(AuthMiddleware(Shop.as_asgi()), {"type": "websocket", "path": "/"})
        await end.send_input({"type": "websocket.connect"})
        await end.wait(5)

    with pytest.raises(ValueError, match="SessionMiddleware must be above it"):
        asyncio.run(connect())


def test_nobody_connects_to_a_process_that_is_fenced(ours: Ours) -> None:
    falls_behind(ours)

    async def refused() -> None:
        assert await Socket(Client()).opens() == "websocket.close"

    with override_settings(KEYBATON={"THREAD": False, "FENCE": "strict"}):
        asyncio.run(refused())


def falls_behind(ours: Ours) -> None:
    raised(7)
    another(7)
    ours.sleeps(60)
