"""An ASGI application that hears when its server stops."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import ImproperlyConfigured

from ._throwaway import refuse_throwaway

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def with_lifespan(application: Application) -> Application:
    """For asgi.py: `application = with_lifespan(get_asgi_application())`.

    The process reports before its first request, and removes its row when the server stops, also where the server then
    ends by the signal that it was sent, as uvicorn does: nothing else of the process runs after that.
    """
    # asgi.py imports this function before it sets Django up, which the models of beats have to wait for.
    from . import beats

    async def living(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        await receive()
        try:
            refuse_throwaway()
        except ImproperlyConfigured as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await sync_to_async(beats.check, thread_sensitive=False)("web")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await sync_to_async(beats.stop, thread_sensitive=False)()
        await send({"type": "lifespan.shutdown.complete"})

    return living
