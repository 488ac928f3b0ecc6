"""What takes long is made once for all processes of a test run: clips, encoded films, a migrated database."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

VARIABLE = "TESTS_SHARED_FOLDER"
"""Where a run of several processes keeps it, if who started them says so (`tests.support.whole_run`)."""


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of pytest-xdist, and for all that were given the same; it ends with the run."""
    base = factory.getbasetemp()
    own = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = Path(os.environ.get(VARIABLE) or own / "shared")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock of ``path``; another process waits, and then finds what this one made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # goes with the file, so also with a process that dies
        yield
