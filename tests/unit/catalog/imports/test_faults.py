"""What is stored of a fault, and shown in other languages."""

import ast
import pickle
import re
from pathlib import Path

import pytest

from catalog.imports.faults import STORED_MAX, Fault, Why
from catalog.imports.records.model import BadRecord
from catalog.imports.sources.adapters.http import SourceAway
from catalog.imports.sources.model import SourceResting

ROOT = Path(__file__).parents[4]


def test_the_reason_gives_the_code() -> None:
    fault = Fault.of(SourceAway(why=Why("it answers 418", "answers", status=418)))
    assert fault == Fault("The source does not answer as it should: it answers 418.", "answers", {"status": 418})
    assert Fault.read(fault.stored()) == fault


def test_an_error_without_reasons_has_its_own_code() -> None:
    assert Fault.of(SourceResting(retry_after_s=7)).code == "source_resting"
    plain = Fault.of(BadRecord(why="of another version"))
    assert (plain.code, plain.text) == ("bad_record", "This is no work that can be taken: of another version.")


@pytest.mark.parametrize(
    "old", ["its process was lost", "several-titles", "{", '{"code":', '{"code":1}', '{"code":"x","params":[]}']
)
def test_what_former_versions_stored_is_read_as_it_is(old: str) -> None:
    assert Fault.read(old) == Fault(old)


def test_no_text_is_no_fault() -> None:
    assert Fault.read("") is None


@pytest.mark.parametrize("text", ["x" * 9_000, '"' * 9_000, "\0" * 9_000, "猫" * 9_000, "\ud800" * 900, ""])
def test_whatever_a_source_says_is_stored_and_read(text: str) -> None:
    stored = Fault(text, "refuses", {"said": text, "status": 500}).stored()
    assert len(stored) <= STORED_MAX
    read = Fault.read(stored)
    assert read is not None
    assert read.code == "refuses"
    assert text.startswith(read.text)


def test_a_reason_survives_another_process() -> None:
    why = pickle.loads(pickle.dumps(Why("it answers 500", "answers", status=500)))
    assert (why, why.code, why.params) == ("it answers 500", "answers", {"status": 500})


def codes_in_the_code() -> set[str]:
    """Second argument of each ``Why`` and of each ``Fault`` that is written down."""
    found = set()
    for file in (ROOT / "catalog/imports").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Why", "Fault"}:
                found |= {
                    arg.value for arg in node.args[1:2] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    return found


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_code_has_words_in_the_web_client(language: str) -> None:
    words = set(
        re.findall(
            r"'imports\.fault_([a-z0-9_]+)'",
            (ROOT / f"web/src/i18n/{language}/administration/importFaults.ts").read_text(),
        )
    )
    codes = codes_in_the_code()
    assert len(codes) > 20
    assert not codes - words
