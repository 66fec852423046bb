"""buildah builds the images, and the script looks through them: beside ours, ones that hold a key in each way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cache import CHECKOUT, locked
from ground import SHOP, Ground

import machine_root

STATIC = {
    "shop/settings.py": SHOP["shop/settings.py"] + 'STATIC_URL = "static/"\nSTATIC_ROOT = "collected"\n'
    'INSTALLED_APPS = ["django.contrib.staticfiles"]\n',
    # The package itself is in the image that this one begins with.
    "requirements.txt": "django\ngunicorn\n",
}
# Each leaves a key in the image, or something that shows it; what the script says of it.
LEAKS = {
    'ARG SECRET_KEY\nRUN echo "$SECRET_KEY" | wc -c\n': "a build argument that holds a key",
    "ENV SECRET_KEY=made-up\n": "the image sets SECRET_KEY",
    "COPY leak/.env .\nRUN rm .env\n": "srv/shop/.env holds a key",
    "COPY leak/.env hidden\nRUN base64 hidden > notes && rm hidden\n": "srv/shop/notes holds a key",
    "RUN --mount=type=secret,id=key cp /run/secrets/key kept\n": "srv/shop/kept holds a key",
}


def trials(ground: Ground) -> Iterator[str]:
    project = ground.project("image/shop", STATIC)
    printed = ground.run("keybaton recipe dockerfile; echo $?", project)
    if printed != NO_DOCKERFILE:
        yield f"without a Dockerfile: {printed}"
    ground.run("keybaton recipe dockerfile --variant whole --write --set python=base", project)
    yard = Yard(ground, project)
    if "it is built" not in (printed := yard.base()):
        return (yield f"the image to begin with: {printed}")
    yield from whole(yard)
    yield from plain(ground)
    yield from leaks(yard)
    yield from lines(ground)


@dataclass(frozen=True)
class Yard:
    """Where images are built: with their own storage, and with a base in which pip finds what it installs."""

    ground: Ground
    project: Path

    def buildah(self, words: str) -> str:
        # The other driver, vfs, copies the whole image for each layer.
        store = f"--root {self.ground.folder}/images --runroot {self.ground.folder}/run --storage-driver overlay"
        root = " ".join(map(str, machine_root.root_words()))
        return self.ground.run(f"{root} buildah {store} {words}", self.project)

    def build(self, name: str, file: str, words: str = "") -> str:
        flags = f"--isolation chroot --tag {name} --file {file}"
        return self.buildah(f"bud {flags} {words} . && echo it is built")

    def look(self, name: str) -> str:
        self.buildah(f"push {name} docker-archive:{self.ground.folder}/{name}.tar")
        return self.ground.run(f"python3 deploy/docker/look.py < {self.ground.folder}/{name}.tar", self.project)

    def base(self) -> str:
        folder = self.ground.folder / "base"
        folder.mkdir()
        (folder / "Dockerfile").write_text(BASE)
        there = {"root": machine_root.folder(), "wheels": wheels(), "package": CHECKOUT / "python"}
        contexts = " ".join(f"--build-context {name}={place}" for name, place in there.items())
        return self.build("base", str(folder / "Dockerfile"), contexts)


def whole(yard: Yard) -> Iterator[str]:
    """Ours: it is built with no key at hand, its static files are there, and nothing is found."""
    printed = yard.build("ours", "Dockerfile")
    if "it is built" not in printed or "0 static files copied" not in printed:
        yield f"the Dockerfile: {printed}"
    if (told := yard.look("ours")) != "0 found\n":
        yield f"our image: {told}"


def plain(ground: Ground) -> Iterator[str]:
    """Settings that read the environment themselves get a random key for the one command."""
    project = ground.project("plain/shop", STATIC)
    settings = STATIC["shop/settings.py"].replace("import keybaton", "import os")
    settings = settings.replace(
        "SECRET_KEY, SECRET_KEY_FALLBACKS = keybaton.load()", 'SECRET_KEY = os.environ["SECRET_KEY"]'
    )
    (project / "shop/settings.py").write_text(settings)
    ground.run("keybaton recipe dockerfile --variant whole --write --set python=base", project)
    printed = Yard(ground, project).build("plain", "Dockerfile") + ground.run("keybaton check", project)
    if "it is built" not in printed or "0 static files copied" not in printed or "nothing found" not in printed:
        yield f"plain settings: {printed}"


def leaks(yard: Yard) -> Iterator[str]:
    """All of them in one image, each a layer, as Docker makes them."""
    key = yard.project / ".env"
    (yard.project / "leak").mkdir()
    (yard.project / "leak" / ".env").write_text(key.read_text())
    (yard.project / ".dockerignore").unlink()
    file = yard.ground.folder / "Dockerfile.leaks"
    file.write_text("FROM ours\nUSER 0\n" + "".join(LEAKS))
    printed = yard.build("leaks", str(file), f"--layers --build-arg SECRET_KEY=made-up --secret id=key,src={key}")
    told = yard.look("leaks")
    for lines, sentence in LEAKS.items():
        if sentence not in told:
            yield f"an image with\n{lines}was built with {printed}, and the script says {told}"
    if any(text in told for text in key.read_text().replace("=", " ").split() if len(text) > 40):
        yield "the script shows a key"


def lines(ground: Ground) -> Iterator[str]:
    """A Dockerfile of the user's stays as it is."""
    text = "FROM python\r\nARG SECRET_KEY\r\nRUN python manage.py collectstatic\r\n"
    project = ground.project("lines/shop", {**STATIC, "Dockerfile": text, ".dockerignore": ".git\n.env*\n"})
    printed = ground.run("keybaton recipe dockerfile --write", project)
    for told in [
        "Line 2 of Dockerfile leaves SECRET_KEY in the image",
        "RUN KEYBATON_THROWAWAY=1 python manage.py collectstatic",
    ]:
        if told not in printed:
            yield f"lines: {printed}"
    if "Add to .dockerignore" not in printed or "**/.env" in printed:
        yield f"lines: {printed}"
    if (project / "Dockerfile").read_bytes() != text.encode() or (
        project / ".dockerignore"
    ).read_text() != ".git\n.env*\n":
        yield "lines: a file of the user's has changed"


def wheels() -> Path:
    with locked("recipe-wheels-1") as there:
        if not there.exists():
            part = there.with_name("recipe-wheels.part")
            what = ["pip", "Django==5.2.9", "gunicorn==23.0.0"]
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:", "--dest", str(part)]
            subprocess.run([*pip, *what], check=True, stdout=sys.stderr)
            part.rename(there)
    return there


NO_DOCKERFILE = """\
error: there is no Dockerfile here
hint: `--variant whole` makes one; name yours from the folder of keybaton.toml: --set file=docker/Dockerfile
3
"""
BASE = """\
FROM scratch
COPY --from=root . /
COPY --from=wheels . /wheels
COPY --from=package keybaton /usr/lib/python3/dist-packages/keybaton
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels
RUN rm -f /usr/lib/python3*/EXTERNALLY-MANAGED && ln -s python3 /usr/bin/python
RUN PYTHONPATH="$(ls /wheels/pip-*.whl)" python -m pip install pip
"""
