"""Fleets of real processes under load from browsers that send six requests at once, through a whole rotation."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from browsers import Crowd
from instances import Balancer, Instance
from project import Setup, Site, made

CHECKOUT = Path(__file__).resolve().parents[2]
STOCK, OURS = "django.contrib.auth.middleware.AuthenticationMiddleware", "keybaton.django.AuthenticationMiddleware"
USERS = 10


def rotated(site: Site, program: Path) -> tuple[int, int, int]:
    instances = [Instance(number, site, ("--threads=8", "--no-control-socket")) for number in (1, 2)]
    balancer = Balancer()
    try:
        for instance in instances:
            instance.start()
            balancer.add(instance)
        with Crowd(USERS, balancer.choose) as crowd:
            crowd.pages(3)
            for step in ("stage", "promote", "retire"):
                keybaton(site, program, step, *([] if step == "stage" else ["--force", "--reason", "a test"]))
                for instance in instances:
                    balancer.remove(instance)
                    time.sleep(0.3)
                    instance.stop()
                    instance.start()
                    balancer.add(instance)
                    crowd.pages(2)
        return (
            sum(browser.requests for browser in crowd.browsers),
            sum(browser.logged_out > 0 for browser in crowd.browsers),
            sum(browser.lost() for browser in crowd.browsers),
        )
    finally:
        for instance in instances:
            instance.stop()


def keybaton(site: Site, program: Path, *words: str) -> None:
    done = subprocess.run(
        [program, *words], cwd=site.folder, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise AssertionError(f"keybaton {words[0]}: {done.stderr}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, required=True)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--engines", nargs="*", default=["db", "cached_db", "cache", "file", "signed_cookies"])
    chosen = parser.parse_args()
    for engine in chosen.engines:
        for middleware in (STOCK, OURS):
            with tempfile.TemporaryDirectory(prefix="keybaton-fleet-") as folder:
                site = Site(Path(folder), chosen.python, Setup(engine, middleware), CHECKOUT / "python")
                (site.folder / "keybaton.toml").write_text(
                    '[environments.dev]\nstore = "dir:ring"\npropagation = "0s"\n'
                )
                site.ring.mkdir()
                keybaton(site, chosen.program, "init", "--no-input", "--write") if False else None
                given = subprocess.run([chosen.program, "copy", "-", "dir:ring", "--create"], cwd=site.folder, input="made-up-" * 8, text=True, capture_output=True)
                assert given.returncode == 0, given.stderr
                made(site, USERS)
                began = time.monotonic()
                requests, out, lost = rotated(site, chosen.program)
                print(f"{site.setup}: {requests} requests, {out} of {USERS} logged out, {lost} writes lost, {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
