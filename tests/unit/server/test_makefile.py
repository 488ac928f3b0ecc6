"""The Makefile explains itself, and its checks are really run."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
INTERNAL = {"chromium"}  # a step of test and bench


def _make(*arguments: str) -> str:
    # The make that runs the tests would hand down its flags, and this one would say which folder it enters.
    apart = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    done = subprocess.run(
        ["make", *arguments], cwd=ROOT, env=apart, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_help_lists_every_target() -> None:
    targets = set(re.findall(r"^\.PHONY: (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE))
    listed = dict(re.findall(r"^  make (\S+) +(\S.*)$", _make("help"), re.MULTILINE))
    assert set(listed) == targets - INTERNAL


def test_python_may_keep_what_it_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert _make("--eval", 'probe:; @echo "[$${PYTHONDONTWRITEBYTECODE-}]"', "probe") == "[]\n"


def test_plain_make_is_help() -> None:
    assert _make() == _make("help")


def test_check_runs_every_checker() -> None:
    commands = _make("--dry-run", "check")
    for command in ["ruff format --check", "ruff check", "mypy", "lint-imports", "run check"]:
        assert command in commands


def test_the_locks_are_pinned_by_hash_and_name_no_index() -> None:
    for name in ["requirements.lock", "requirements-dev.lock"]:
        text = (ROOT / name).read_text()
        blocks = re.findall(r"^[a-z0-9].*(?:\n    .*)*", text, re.MULTILINE)
        assert len(blocks) > 50
        assert all("==" in block and "--hash=sha256:" in block for block in blocks)
        assert "://" not in text


def test_the_runtime_lock_is_part_of_the_development_lock() -> None:
    """`make test` after `make run` must not change what is installed."""
    pins = [
        set(re.findall(r"^[a-z0-9][^\\\n]*==[^\\\n]*?(?= \\)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ["requirements.lock", "requirements-dev.lock"]
    ]
    assert pins[0] <= pins[1]
