"""The import contracts forbid what they are there to forbid."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]


MUTATIONS = [
    ("catalog/releases/model.py", "sqlalchemy", "A module of a feature is pure"),
    ("catalog/moderation/proposals/review.py", "kernel.db", "A module of a feature is pure"),
    ("catalog/moderation/proposals/trust.py", "pydantic", "A module of a feature is pure"),
    ("accounts/identity/admin/usecases.py", "aiohttp", "A module of a feature is pure"),
    ("accounts/library/next_up/usecases.py", "kernel.scope", "A module of a feature is pure"),
    ("realtime/party/domain/rules.py", "kernel.db", "A module of a feature is pure"),
    ("realtime/party/replica/replica.py", "sqlalchemy", "A module of a feature is pure"),
    ("realtime/sync/playback.py", "redis", "A module of a feature is pure"),
    ("streaming/proxy/detect/detect.py", "aiohttp", "A module of a feature is pure"),
    ("streaming/ingest/a_new_module.py", "PIL", "A module of a feature is pure"),
    ("streaming/ingest/model.py", "streaming.proxy.detect.detect", "Inside streaming"),
    ("streaming/origin/model.py", "streaming.proxy.model", "Inside streaming"),
    ("catalog/releases/repository.py", "catalog.translations.model", "Inside the catalogue"),
    ("catalog/moderation/proposals/usecases.py", "catalog.moderation.reports.model", "Inside moderation"),
    ("notify/emails/outbox.py", "notify.webhooks.model", "Inside notify"),
    ("accounts/identity/usecases.py", "taskiq", "Use cases know no transport"),
    ("catalog/releases/usecases.py", "catalog.releases.repository", "Inside a feature"),
    ("catalog/releases/routes.py", "accounts.identity.model", "features know nothing of each other"),
    ("kernel/ids.py", "catalog.releases.model", "features know nothing of each other"),
    ("kernel/clock.py", "kernel.db", "The pure part of the kernel"),
    ("streaming/origin/routes.py", "server.settings", "features know nothing of each other"),
    ("server/adapters/playback.py", "sqlalchemy", "What joins two features maps"),
]
"""File, what it must not import, and the contract that says so."""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the check says of a checkout with every one of :data:`MUTATIONS` in it: one run shows them all."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "webclient"))
    for file, imported, _ in MUTATIONS:
        with (folder / file).open("a") as module:
            module.write(f"\nimport {imported}\n")
    ended = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120, env={**os.environ, "COLUMNS": "300"},
    )  # fmt: skip
    assert ended.returncode == 1, ended.stdout + ended.stderr
    return ended.stdout.partition("Broken contracts")[2]


@pytest.mark.parametrize(("file", "imported", "contract"), MUTATIONS)
def test_refuses(broken: str, file: str, imported: str, contract: str) -> None:
    section = broken.partition(contract)[2].partition("-----\n\n\n")[0]
    module = file.removesuffix(".py").replace("/", ".")
    assert f"{module} -> {imported}" in section
