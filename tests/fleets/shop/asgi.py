"""What uvicorn serves: the same pages, and a WebSocket that says who is connected."""

from django.core.asgi import get_asgi_application

pages = get_asgi_application()  # before anything that asks for models

from channels.generic.websocket import WebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

from keybaton.django import with_lifespan  # noqa: E402


class Greeter(WebsocketConsumer):  # type: ignore[misc]
    def connect(self) -> None:
        self.accept()
        self.send(self.scope["user"].get_username())


stack = import_string(settings.FLEET["sockets"])
routes = ProtocolTypeRouter({"http": pages, "websocket": stack(Greeter.as_asgi())})
application = with_lifespan(routes) if settings.FLEET["has_app"] else routes
