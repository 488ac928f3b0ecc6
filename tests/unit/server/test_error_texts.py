"""Whatever code the server refuses with, a page has words for it, in English and in Russian."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import accounts
import catalog
import kernel
import notify
import realtime
import server
import streaming
from kernel.errors import AniError

ROOT = Path(__file__).parents[3]
TEXTS = ROOT / "web" / "src" / "i18n"
PACKAGES = (accounts, catalog, kernel, notify, realtime, server, streaming)
TERMINAL = {
    "backup_exists", "bad_settings", "bad_storage_key", "database_foreign", "database_newer", "key_file_damaged", "key_ids_clash",
    "no_backup", "not_empty", "program_failed", "program_missing", "secret_differs", "slate_missing",
    "already_running", "extra_missing", "folder_unusable", "not_reachable", "other_version", "part_failed", "port_taken",
    "move_running", "no_bucket", "no_room", "preparation_failed", "counts_differ", "nothing_to_move", "other_step", "same_database", "target_not_empty",
    "folder_unreadable",
}  # fmt: skip
"""What an operator reads in a terminal or a log, and nobody on a page."""

NAMED_BY = {"HttpRefusal", "problem_response", "refusal", "refused", "error_ack", "AckError"}
"""Functions and classes that take a code as text; errors of the domain carry theirs in their class."""


def modules() -> Iterator[str]:
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield found.name


def subclasses(of: type[AniError]) -> Iterator[type[AniError]]:
    for each in of.__subclasses__():
        yield each
        yield from subclasses(each)


def spelt_codes() -> Iterator[str]:
    for package in PACKAGES:
        for path in Path(package.__path__[0]).rglob("*.py"):
            text = path.read_text()
            if not any(name in text for name in NAMED_BY):
                continue  # most files, which need not be taken apart
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in NAMED_BY:
                    values = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "code")]
                    for value in values:
                        if isinstance(value, ast.Constant) and re.fullmatch(r"[a-z]+(_[a-z]+)+", str(value.value)):
                            yield str(value.value)


@cache  # for both languages
def codes() -> set[str]:
    for name in modules():
        importlib.import_module(name)
    return {each.code for each in subclasses(AniError) if each.__module__.split(".")[0] != "tests"} | set(spelt_codes())


def texts(language: str) -> set[str]:
    return {
        key
        for path in (TEXTS / language).glob("*.ts")
        for key in re.findall(r"^\s*'error\.([a-z0-9_]+)':", path.read_text(), re.MULTILINE)
    }


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_code_has_its_words(language: str) -> None:
    assert sorted(codes() - TERMINAL - texts(language)) == []
