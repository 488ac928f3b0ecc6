"""The web client's API types and field limits are what the server's OpenAPI document says, and `make check` finds out."""

import asyncio
import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from server.openapi.__main__ import current

ROOT = Path(__file__).parents[4]
GENERATED = ("web/src/api/schema.ts", "web/src/api/limits.ts")

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    loaded: Document = orjson.loads(asyncio.run(current()))
    return loaded


def test_the_document_says_what_everything_is(document: Document) -> None:
    shapes = document["components"]["schemas"]
    assert [name for name, shape in shapes.items() if "description" not in shape] == ["JsonValue"]
    operations = [
        f"{method} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api/")
        and method in {"get", "post", "put", "patch", "delete"}
        and "description" not in operation
    ]
    assert operations == [], "each needs a docstring: what its summary and the answers do not tell"


def compared(document: Document) -> subprocess.CompletedProcess[bytes]:
    """What `make check` does with ``document``."""
    if not (ROOT / "web/node_modules/openapi-typescript").is_dir():
        pytest.skip("openapi-typescript is not installed: run npm ci in web/")
    return subprocess.run(
        [sys.executable, "web/npm.py", "--silent", "run", "check-api-types"],
        cwd=ROOT,
        input=orjson.dumps(document),
        capture_output=True,
        check=False,
        timeout=120,
    )


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def test_what_is_committed_is_what_the_server_says(document: Document) -> None:
    result = compared(document)
    assert result.returncode == 0, result.stderr.decode()


def test_changes_of_the_api_are_found_and_shown(document: Document) -> None:
    changed = copy.deepcopy(document)
    properties = schema(changed, "EpisodeOut")["properties"]
    properties["length_of_film_ms"] = properties.pop("duration_ms")
    schema(changed, "Role")["enum"].append("janitor")
    schema(changed, "PartyOut")["required"].remove("media")
    schema(changed, "ListIn")["properties"]["title"]["maxLength"] = 97

    result = compared(changed)

    assert result.returncode == 1
    said = result.stderr.decode()
    assert "make api-types" in said
    types, limits = said.index(GENERATED[0]), said.index(GENERATED[1])
    shown = said[types:limits]
    assert "readonly length_of_film_ms?: " in shown
    assert '"janitor"' in shown
    assert "readonly media?: " in shown
    assert "maxLength: 97" in said[limits:]


def test_make_check_compares_them() -> None:
    steps = subprocess.run(
        ["make", "--no-print-directory", "-n", "check"], cwd=ROOT, capture_output=True, check=True, timeout=60
    ).stdout.decode()
    assert "-m server.openapi | " in steps
    assert "run check-api-types" in steps
