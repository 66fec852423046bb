"""Look for keys in an image: docker save IMAGE | python deploy/docker/look.py [ENVIRONMENT ...]

Every layer is looked through, so also what a later one removes; the variables that the image has, and its build arguments. The keys that
are looked for are those that keybaton reads here, as they are and in base64. It prints where one is, and no key.
"""

import base64
import gzip
import io
import json
import subprocess
import sys
import tarfile


def main(environments):
    keys, names = known(environments)
    if sys.stdin.isatty():
        sys.exit("error: there is no image on standard input\nhint: docker save IMAGE | python " + sys.argv[0])
    found = sorted({line for line in looked_through(sys.stdin.buffer, keys, names)})
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(found)} found")
    return 1 if found else 0


def known(environments):
    """The keys of these environments, of the usual one where none is named; and the variables that they stand in."""
    keys, names = set(), set()
    for choice in [["--env", name] for name in environments] or [[]]:
        export = ["keybaton", "export", "--format", "json", *choice]
        texts = json.loads(subprocess.run(export, check=True, stdout=subprocess.PIPE).stdout)
        for name, text in texts.items():
            names.update([name] if not name.endswith("_RING") else [])
            keys.update(key.encode() for key in keys_of(name, text) if key.strip())
    return {form for key in keys for form in (key, *in_base64(key))}, names


def keys_of(name, text):
    if name.endswith("_RING"):
        return []
    if name.endswith("_FALLBACKS"):
        return json.loads(text) if text.startswith("[") else text.split(",")
    return [text]


def in_base64(key):
    """As it may stand in a longer text: wherever that begins, its middle is one of three."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + key)
        yield whole[4 if before else 0 : 8 * (before + len(key)) // 6]


def looked_through(stream, keys, names):
    with tarfile.open(fileobj=stream, mode="r|*") as image:
        for member in image:
            if member.isfile():
                yield from part(member.name, image.extractfile(member).read(), keys, names)


def part(name, content, keys, names):
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if content[:4] == b"\x28\xb5\x2f\xfd":
        sys.exit(f"error: {name} is compressed with zstd\nhint: save the image with gzip, or not compressed")
    if content[:1] in b"{[":
        yield from configuration(name, content, keys, names)
    elif content[257:262] == b"ustar":
        yield from layer(name, content, keys)


def configuration(name, content, keys, names):
    if any(key in content for key in keys):
        yield f"{name}: a key, in what the image or its history says"
    read = json.loads(content)
    if not isinstance(read, dict):
        return
    for variable in read.get("config", {}).get("Env") or []:
        variable, _, value = variable.partition("=")
        if variable in names and value:
            yield f"{name}: the image sets {variable}"
    for step in read.get("history") or []:
        if any(f"{variable}=" in step.get("created_by", "").split("/bin/sh -c")[0] for variable in names):
            yield f"{name}: a build argument that holds a key"


def layer(name, content, keys):
    with tarfile.open(fileobj=io.BytesIO(content)) as files:
        for file in files:
            if file.name.rsplit("/", 1)[-1] == ".env":
                yield f"{name}: {file.name}, a file of variables"
            if file.isfile() and holds(files.extractfile(file).read(), keys):
                yield f"{name}: {file.name} holds a key"


def holds(text, keys):
    # The program base64 breaks its lines.
    whole = text.replace(b"\n", b"")
    return any(key in text or key in whole for key in keys)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
