"""The web client's API types and field limits are what the server's OpenAPI document says, and `make check` finds out."""

import copy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

ROOT = Path(__file__).parents[3]
GENERATED = ("web/src/api/schema.ts", "web/src/api/limits.ts")

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    printed = subprocess.run(
        [sys.executable, "-m", "server.openapi"], cwd=ROOT, capture_output=True, check=True, timeout=120
    )
    loaded: Document = orjson.loads(printed.stdout)
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


def rename_a_field(document: Document) -> None:
    properties = schema(document, "EpisodeOut")["properties"]
    properties["length_ms"] = properties.pop("duration_ms")


def add_a_role(document: Document) -> None:
    schema(document, "Role")["enum"].append("janitor")


def let_a_field_be_left_out(document: Document) -> None:
    schema(document, "PartyOut")["required"].remove("media")


def shorten_a_title(document: Document) -> None:
    schema(document, "ListIn")["properties"]["title"]["maxLength"] = 100


@pytest.mark.parametrize(
    ("change", "file"),
    [
        (rename_a_field, GENERATED[0]),
        (add_a_role, GENERATED[0]),
        (let_a_field_be_left_out, GENERATED[0]),
        (shorten_a_title, GENERATED[1]),
    ],
)
def test_a_change_of_the_api_is_found(document: Document, change: Callable[[Document], None], file: str) -> None:
    changed = copy.deepcopy(document)
    change(changed)
    result = compared(changed)
    assert result.returncode == 1
    assert file in result.stderr.decode()
    assert "make api-types" in result.stderr.decode()


def test_make_check_compares_them() -> None:
    steps = subprocess.run(
        ["make", "--no-print-directory", "-n", "check"], cwd=ROOT, capture_output=True, check=True, timeout=60
    ).stdout.decode()
    assert "-m server.openapi | " in steps
    assert "run check-api-types" in steps
