"""The run of all tests: what failed is tried once more, and nothing of it is hidden."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.whole_run import MOST_TRIED_AGAIN

ROOT = Path(__file__).parents[4]

UNSTEADY = """
from pathlib import Path

def test_unsteady():
    been_here = Path(__file__).with_suffix(".once")
    first, _ = not been_here.exists(), been_here.touch()
    assert not first, "the first time"
"""
STEADY = "def test_steady(): pass\n"
BROKEN = "def test_broken(): raise AssertionError('every time')\n"


def run(folder: Path, **files: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of ``files``, in a folder that has nothing of ours, as `make test` does."""
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "tests.support.whole_run", "0", str(folder), f"--rootdir={folder}"],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "xdist.plugin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_what_passes_alone_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, unsteady=UNSTEADY, steady=STEADY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the first time" in done.stdout
    _, said = done.stdout.split("Passed alone and failed beside others")
    assert "test_unsteady.py::test_unsteady" in said
    assert "test_steady" not in said


@pytest.mark.slow
def test_what_fails_twice_fails_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, unsteady=UNSTEADY, broken=BROKEN)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "once more and alone" in done.stdout
    assert "Passed alone" not in done.stdout


@pytest.mark.slow
def test_too_many_are_not_tried_again(tmp_path: Path) -> None:
    done = run(tmp_path, **{f"unsteady_{number}": UNSTEADY for number in range(MOST_TRIED_AGAIN + 1)})
    assert done.returncode == 1, done.stdout + done.stderr
    assert "once more and alone" not in done.stdout


@pytest.mark.slow
def test_what_cannot_be_loaded_is_not_tried_again(tmp_path: Path) -> None:
    done = run(tmp_path, unsteady=UNSTEADY, unloadable="import nothing_of_this_name\n")
    assert done.returncode > 1, done.stdout + done.stderr
    assert "once more and alone" not in done.stdout
