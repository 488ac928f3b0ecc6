"""The import contracts forbid what they are there to forbid."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "webclient"))
    return folder


def _lint(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=checkout, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("catalog/model.py", "import sqlalchemy", "Models and rules know"),
        ("realtime/party/rules.py", "import kernel.db", "Models and rules know"),
        ("accounts/identity/usecases.py", "import aiohttp", "Use cases know no transport"),
        ("catalog/usecases.py", "import catalog.repository", "Inside a feature"),
        ("catalog/routes.py", "import accounts.identity.model", "features know nothing of each other"),
        ("kernel/clock.py", "import catalog.model", "features know nothing of each other"),
        ("streaming/origin/routes.py", "import server.settings", "features know nothing of each other"),
    ],
)
def test_refuses(checkout: Path, file: str, line: str, broken: str) -> None:
    original = (checkout / file).read_text()
    (checkout / file).write_text(f"{original}\n{line}\n")
    try:
        printed = " ".join(_lint(checkout).stdout.split())
    finally:
        (checkout / file).write_text(original)
    assert broken in printed.partition("Broken contracts")[2]
