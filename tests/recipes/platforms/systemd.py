"""systemd 252 on a machine of its own reads the units, starts them, and rotates while somebody uses the site."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from ground import Ground

from platforms import systemd_shop
from platforms.systemd_site import FOLDER, SERVERS, Site, lost, until
from stage import Stage

# What a person says of the platform, in the words of the page.
CONFIGURED = ("manage = ", "after-write = ", "propagation = ")
STORES = """
[environments.near]
store = "dir:/var/lib/shop/ring"
propagation = "1s"
longest-signature = "1s"

[environments.far]
store = "vault://secret/shop/django"

[environments.two]
store = "dir:/etc/shop"

[environments.two.rings.JWT_SIGNING_KEY]
store = "file:jwt/key.txt"
"""
WAYS = [
    ("production", "credentials"),
    ("two", "credentials"),
    ("far", "watch"),
    ("far", "run"),
    ("production", "environment-file"),
    ("far", "environment-file"),
    ("production", "environment"),
]
# What loses requests as it stops, however it is started, and how many in three restarts.
ALLOWED = {"daphne": 60, "uvicorn": 30, "hypercorn": 30}


def trials(ground: Ground) -> Iterator[str]:
    project = ground.project("shop", systemd_shop.FILES)
    with tempfile.TemporaryDirectory(prefix="keybaton-systemd-") as folder, Stage(Path(folder)) as stage:
        site = Site(ground, stage, project)
        yield from starts(site)
        yield from rotates(site, ["2", "2"])
        yield from restarts(site)
        yield from rotates(site, ["1"])
        yield from shows(site)
        yield from outlives(site)
        yield from joins(site)
        yield from runs(site)
        yield from follows(site)
        yield from owns(site)
        yield from all_are_read(site)


def starts(site: Site) -> Iterator[str]:
    """What the recipe makes and says, typed as it stands; with an age and spans that a test can wait for."""
    said = site.recipe("--set age=1s")
    commands = [line for line in said if not line.startswith(CONFIGURED)]
    lines = [line for line in said if line.startswith(CONFIGURED)]
    configuration = site.project / "keybaton.toml"
    spans = '"1s"\nlongest-signature = "3s"'
    configuration.write_text("\n".join([configuration.read_text().replace('"2m"', spans), *lines, STORES]))
    *before, start = commands
    printed = site.type(before)
    site.begins()
    printed += site.type([start])
    if site.answer() != "signs, and accepts 1":
        yield f"the site does not answer:\n{printed}\n{site.run('journalctl -n 40; systemctl status shop')}"
    if "shop-rotate.service" not in site.run("systemctl list-timers --all"):
        yield "nothing starts the rotation"


def rotates(site: Site, steps: list[str]) -> Iterator[str]:
    """Steps of a rotation, each by the made service: how many keys the site accepts after it."""
    client = site.client()
    for accepts in steps:
        before = step(site)

        def is_taken(before: str = before) -> bool:
            site.run("systemctl start shop-rotate.service")
            return step(site) != before

        until(is_taken, lambda: site.run("journalctl -u shop-rotate.service -n 60"), patience=90)
        if site.answer() != f"signs, and accepts {accepts}":
            yield f"{site.answer()} after {before}"
    counts = client.stop()
    print(f"    {len(steps)} steps of a rotation: {counts}")
    if lost(counts):
        yield f"a rotation lost requests: {counts}"


def step(site: Site) -> str:
    return site.run('.venv/bin/keybaton status -e production --json | grep -o \'"phase": *"[a-z]*"\'')


def restarts(site: Site) -> Iterator[str]:
    """Each server takes the socket, and what is under way is finished. Without the socket, requests are refused."""
    counts = restarted(site, "gunicorn", "s/^Requires=.*//; s/ shop.wsgi$/ --bind 127.0.0.1:8000 shop.wsgi/")
    if not any("refused" in what for what in counts):
        yield f"nobody is refused without a socket, so the users do not ask all the time: {counts}"
    for server in SERVERS:
        counts = restarted(site, server, "")
        if sum(lost(counts).values()) > ALLOWED.get(server, 0) or any("refused" in what for what in counts):
            yield f"{server} lost requests in three restarts: {counts}"
        if "Result=success" not in site.run("systemctl show --property=Result shop.service"):
            yield f"{server}: {site.run('journalctl --unit shop.service -n 60')}"


def restarted(site: Site, server: str, change: str) -> dict[str, int]:
    site.recipe(f"--server {server} --set age=1s")
    stops = "systemctl stop shop.service shop.socket"
    starts = f"systemctl start {'shop.service' if change else 'shop.socket shop.service'}"
    site.run(
        f"{stops}; cp deploy/systemd/* {UNITS}; sed -i '{change}' {UNITS}shop.service; "
        f"systemctl daemon-reload; {starts}"
    )
    client = site.client()
    site.run("for each in 1 2 3; do sleep 0.7; systemctl restart shop.service; done; sleep 1")
    counts = client.stop()
    print(f"    {server}{' without the socket' if change else ''}, three restarts: {counts}")
    return counts


def shows(site: Site) -> Iterator[str]:
    """Who can see the key: any user, by systemd's own command."""
    key = site.run("systemd-creds decrypt /etc/credstore.encrypted/SECRET_KEY -").strip()
    for variant, is_shown in [("credentials", False), ("environment-file", False), ("environment", True)]:
        said = site.recipe(f"--server gunicorn --variant {variant}")
        commands = [line for line in said if "init" not in line and not line.startswith(CONFIGURED)]
        restart = ["systemctl restart shop-key.service"] * (variant == "environment-file") + [
            "systemctl restart shop.service"
        ]
        printed = site.type([f"rm -rf {UNITS}shop*", *commands, *restart])
        if site.answer() != "signs, and accepts 1":
            yield f"{variant}: the site does not answer:\n{printed}\n{site.run('journalctl -n 40')}"
        shown = site.run("runuser -u nobody -- systemctl show shop.service shop-key.service")
        if "ExecStart" not in shown:
            yield f"nobody sees nothing: {shown}"
        if (key in shown) is not is_shown:
            yield f"{variant}: the key is {'' if key in shown else 'not '}shown by systemctl"


def outlives(site: Site) -> Iterator[str]:
    """A store that is away stops what makes the file of the key, and not the site, which has the one of before."""
    site.recipe("--server gunicorn --variant environment-file")
    site.run(f"systemctl stop shop.service shop.socket; rm -rf {UNITS}shop*; cp deploy/systemd/* {UNITS}")
    site.run("systemctl daemon-reload; systemctl start shop.socket shop.service")
    if "0600 root" not in site.run("stat --format '0%a %U' /run/shop-key/env"):
        yield f"the file of the key is another one's: {site.run('ls -l /run/shop-key')}"
    site.run("mv /etc/credstore.encrypted /away")
    failed = site.run("systemctl restart shop-key.service || echo failed; systemctl restart shop.service")
    answer = site.run("curl --silent --max-time 5 http://127.0.0.1:8000/").strip()
    site.run("mv /away /etc/credstore.encrypted")
    if "failed" not in failed or answer != "signs, and accepts 1":
        yield f"without a store: {failed}\n{answer}\n{site.run('journalctl -n 30')}"


def joins(site: Site) -> Iterator[str]:
    """A service that somebody wrote gets the key by a drop-in."""
    site.run(f"systemctl stop shop.service shop.socket; rm -rf deploy/systemd {UNITS}shop*")
    (site.project / "theirs.service").write_text(THEIRS)
    site.recipe("--set unit=theirs")
    site.run(f"cp theirs.service {UNITS}; cp -r deploy/systemd/* {UNITS}; systemctl daemon-reload")
    printed = site.run("systemctl start theirs.service; sleep 2")
    if site.answer() != "signs, and accepts 1":
        yield f"a drop-in does not give the key:\n{printed}\n{site.run('journalctl -n 30')}"
    site.run(f"systemctl stop theirs.service; rm -rf {UNITS}theirs* theirs.service")


def runs(site: Site) -> Iterator[str]:
    """A ring in .env, which root writes and the site's user reads."""
    commands = site.recipe("-e dev --server gunicorn --variant run")
    printed = site.type([line for line in commands if not line.startswith(CONFIGURED)])
    site.run("systemctl restart shop.service")
    if site.answer() != "signs, and accepts 1":
        yield f"`keybaton run` does not give the key:\n{printed}\n{site.run('journalctl -n 30')}"
    if "SECRET_KEY=" not in site.run("cat /proc/$(systemctl show --property=MainPID --value shop.service)/environ"):
        yield "the key is not in the environment of the site"


def follows(site: Site) -> Iterator[str]:
    """Behind `run --watch` the same processes take the next keys."""
    site.run("rm -rf deploy/systemd; rm /run/cookie; runuser -u shop -- .venv/bin/keybaton init -e near --no-input")
    site.recipe("-e near --server gunicorn --variant watch --set age=1s")
    site.run(f"systemctl stop shop.service shop.socket; rm -rf {UNITS}shop*; cp deploy/systemd/* {UNITS}")
    site.run(f"sed -i 's/--watch/--watch --every 1s/' {UNITS}shop.service; systemctl daemon-reload")
    printed = site.run("systemctl start shop.service")
    process = site.run("systemctl show --property=ExecMainPID shop.service")
    client = site.client()
    for accepts in ("1", "2", "2", "1"):
        until(lambda: site.answer() == f"signs, and accepts {accepts}", lambda: printed + site.run("journalctl -n 60"))  # noqa: B023
        site.run("sleep 2; systemctl start shop-rotate.service; sleep 2")
    counts = client.stop()
    print(f"    a rotation behind run --watch: {counts}")
    if lost(counts):
        yield f"a rotation behind run --watch lost requests: {counts}"
    if process != site.run("systemctl show --property=ExecMainPID shop.service"):
        yield "the site was restarted"


def owns(site: Site) -> Iterator[str]:
    """The store that is proposed where the site's user reads it: typed as it stands, the site answers."""
    for variant in ("run", "watch"):
        site.run(f"systemctl stop shop.service shop.socket; rm -rf deploy/systemd {UNITS}shop* /var/lib/keybaton")
        commands = site.recipe(f"-e own-{variant} --variant {variant} --server gunicorn")
        printed = site.type([f"umask 077; {line}" for line in commands if not line.startswith(CONFIGURED)])
        if site.answer() != "signs, and accepts 1":
            yield f"{variant}: the site does not answer:\n{printed}\n{site.run('journalctl -n 40')}"
        site.run(f"cd {FOLDER} && .venv/bin/keybaton stage -e own-{variant} --no-input")
        whose = site.run("find /var/lib/keybaton/shop -printf '%u %m\n' | sort -u")
        if whose != "shop 600\nshop 700\n":
            yield f"{variant}: the ring is {whose}"


def all_are_read(site: Site) -> Iterator[str]:
    """systemd-analyze has no complaint, whatever is made."""
    site.run(f"systemctl stop shop.service; rm -rf deploy/systemd {UNITS}shop*")
    for server in SERVERS:
        for environment, variant in WAYS:
            name = f"{server}-{environment}-{variant}"
            places = f"--set user=shop --set folder={FOLDER} --set venv={FOLDER}/.venv --set unit=new"
            site.recipe(f"-e {environment} --variant {variant} --server {server} --name {name} {places}")
    printed = site.run(f"cp -r deploy/systemd/* {UNITS} && cd deploy/systemd && systemd-analyze verify *")
    yield from printed.splitlines()


THEIRS = f"""\
[Service]
User=shop
WorkingDirectory={FOLDER}
ExecStart={FOLDER}/.venv/bin/gunicorn --bind 127.0.0.1:8000 \\
    shop.wsgi
"""
UNITS = "/etc/systemd/system/"
