"""Google's own descriptions of its interfaces, as its client for Python brings them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import googleapiclient


class Discovery:
    def __init__(self, name: str) -> None:
        folder = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
        self._schemas: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())["schemas"]

    def complaints(self, kind: str, document: object) -> Iterator[str]:
        """What a document has that this kind has not."""
        yield from self._against({"$ref": kind}, document, kind)

    def _against(self, schema: dict[str, Any], document: object, at: str) -> Iterator[str]:
        schema = self._schemas[schema["$ref"]] if "$ref" in schema else schema
        if not isinstance(document, TYPES[schema["type"]]):
            yield f"{at} is no {schema['type']}"
        elif isinstance(document, list):
            for number, item in enumerate(document):
                yield from self._against(schema["items"], item, f"{at}[{number}]")
        elif isinstance(document, dict):
            known, others = schema.get("properties", {}), schema.get("additionalProperties")
            for name, value in document.items():
                below = known.get(name, others)
                if below is None:
                    yield f"{at} has no {name}"
                else:
                    yield from self._against(below, value, f"{at}.{name}")
        elif "enum" in schema and document not in schema["enum"]:
            yield f"{at} cannot be {document}"


TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "any": object}
