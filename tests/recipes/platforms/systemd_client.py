"""Users of the site, on its machine: each request has a connection of its own, and what is not answered is counted."""

from __future__ import annotations

import collections
import http.client
import json
import threading
import time
from pathlib import Path

COUNTS: collections.Counter[str] = collections.Counter()


def main() -> None:
    # Whoever has logged in once stays so through whole rotations.
    kept = Path("/run/cookie")
    if not kept.exists():
        kept.write_text(get("/login", "").partition(";")[0])
    cookie = kept.read_text()
    print("logged in", flush=True)
    users = [("/", ""), ("/", ""), ("/slow", ""), ("/slow", ""), ("/who", cookie)]
    threads = [threading.Thread(target=use, args=user) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Path("/run/client.part").write_text(json.dumps(COUNTS))
    Path("/run/client.part").rename("/run/client.json")


def use(path: str, cookie: str) -> None:
    while not Path("/run/stop").exists():
        try:
            get(path, cookie)
            COUNTS["served"] += 1
        except Exception as error:  # noqa: BLE001, whatever it is, it is counted
            COUNTS[f"{path}: {type(error).__name__}: {error}"] += 1
            time.sleep(0.05)


def get(path: str, cookie: str) -> str:
    """The cookie that is set, if any."""
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=20)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status != 200 or not body.startswith("signs"):
            raise ValueError(f"{answer.status} {body[:40]}")
        return answer.getheader("Set-Cookie") or ""
    finally:
        connection.close()


if __name__ == "__main__":
    main()
