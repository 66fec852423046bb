"""What the Celery workers do: celery -A shop.tasks worker."""

from typing import Any

from celery import Celery
from django.conf import settings
from django.core import signing

from . import tokens

socket, name = f"redis+socket://{settings.FLEET['redis']}", settings.FLEET["name"]
own = {"global_keyprefix": f"{name}-"}  # one Redis serves several sites
app = Celery(name, broker=socket, backend=socket)
app.conf.update(broker_transport_options=own, result_backend_transport_options=own)


@app.task  # type: ignore[untyped-decorator]
def verify_and_make(link: str) -> dict[str, Any]:
    """Whether a link from the web is good here, and one for the web."""
    return {"is_good": tokens.is_good(link), "made": signing.dumps("from a worker")}
