"""Builds a kube-apiserver from Debian's source package and puts Debian's etcd beside it, once, into the cache."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cache import locked, say

from debian import Archive, run

RELEASE = "bookworm"
VERSION = "1.20.2"
# Grows with each change of this file that changes what is built.
RECIPE = 1


def programs() -> Path:
    """The folder with `kube-apiserver` and `etcd`."""
    with locked(f"kubernetes-{VERSION}-{RECIPE}") as there:
        if not there.exists():
            say(f"building kube-apiserver {VERSION} into {there} (once; takes 5 to 10 minutes)")
            with tempfile.TemporaryDirectory(prefix="kubernetes-", dir=there.parent) as folder:
                build(Path(folder)).rename(there)
    return there


def build(folder: Path) -> Path:
    archive, unpacked, made = Archive(folder / "apt", RELEASE), folder / "unpacked", folder / "made"
    made.mkdir()
    archive.unpack(["etcd-server", "golang-1.19-go", "golang-1.19-src", REFLECT], unpacked)
    shutil.copy(unpacked / "usr/bin/etcd", made)
    source = archive.source("kubernetes")
    mend_reflect(source, unpacked)
    go = Go(source, unpacked, folder)
    write_openapi(go, folder)
    stamps = (f"-X {package}.{name}={value}" for package in VERSIONS for name, value in STAMP.items())
    go.build("./cmd/kube-apiserver", made / "kube-apiserver", " ".join(["-s -w", *stamps]))
    return made


def mend_reflect(source: Path, unpacked: Path) -> None:
    """The vendored version walks maps in a way that crashes under this Go; Debian packages one that does not."""
    old = source / "vendor/github.com/modern-go/reflect2"
    for file in old.glob("*.go"):
        file.unlink()
    for file in (unpacked / "usr/share/gocode/src/github.com/modern-go/reflect2").glob("*.[gs]*"):
        shutil.copy(file, old)


class Go:
    """Go in the tree of Kubernetes, which is older than modules are in Debian."""

    def __init__(self, source: Path, unpacked: Path, folder: Path) -> None:
        root, path = unpacked / "usr/lib/go-1.19", folder / "gopath"
        self.tree = path / "src/k8s.io/kubernetes"
        self.tree.parent.mkdir(parents=True)
        self.tree.symlink_to(source)
        self._program = root / "bin/go"
        self._environment = {
            **os.environ,
            "PATH": f"{root / 'bin'}:{os.environ['PATH']}",
            "PWD": str(self.tree),
            "GOROOT": str(root),
            "GOPATH": str(path),
            "GOCACHE": str(folder / "gocache"),
            "GO111MODULE": "off",
            "GOFLAGS": "",
            "CGO_ENABLED": "0",
        }

    def build(self, package: str, program: Path, flags: str = "") -> None:
        self.run([self._program, "build", "-ldflags", flags, "-o", program, package])

    def run(self, command: list[str | Path]) -> None:
        run(command, self.tree, self._environment)


def write_openapi(go: Go, folder: Path) -> None:
    """Debian leaves out what is generated; without it the server knows no types to merge and to apply by."""
    generator = folder / "openapi-gen"
    go.build("./vendor/k8s.io/kube-openapi/cmd/openapi-gen", generator)
    flags = {
        "-O": "zz_generated.openapi",
        "-i": ",".join([*sorted(set(described(go.tree))), f"{VENDORED}/apimachinery/pkg/version"]),
        "-p": "k8s.io/kubernetes/pkg/generated/openapi",
        "-h": "hack/boilerplate/boilerplate.generatego.txt",
        "-r": str(folder / "openapi-report"),
    }
    go.run([generator, *(word for flag in flags.items() for word in flag)])


def described(tree: Path) -> Iterator[str]:
    """The packages whose types ask to be described."""
    for folder, package in (("pkg", "k8s.io/kubernetes/pkg"), ("staging/src/k8s.io", VENDORED)):
        for file in (tree / folder).rglob("*.go"):
            name = f"{package}/{file.parent.relative_to(tree / folder)}"
            if not any(word in name for word in UNDESCRIBED) and asks(file):
                yield name


def asks(file: Path) -> bool:
    return any(line.startswith("// +k8s:openapi-gen=true") for line in file.read_text("utf-8").splitlines())


REFLECT = "golang-github-modern-go-reflect2-dev"
VENDORED = "k8s.io/kubernetes/vendor/k8s.io"
# Two packages know the version: one for the server, one for the interface that it shows.
VERSIONS = (f"{VENDORED}/component-base/version", f"{VENDORED}/client-go/pkg/version")
STAMP = {"gitVersion": f"v{VERSION}", "gitMajor": "1", "gitMinor": "20"}
UNDESCRIBED = ("_examples", "sample-apiserver", "apimachinery/pkg/version", "clientauthentication")
