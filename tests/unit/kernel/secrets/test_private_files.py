"""What nobody but the user who runs Ani may read, whatever the umask, and after versions that left it open."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from kernel.db import Database
from kernel.secrets.private_files import ensure_private_folder
from server.keyfile import KeyFile
from streaming.uploads.model import UploadId
from streaming.uploads.repository import LocalUploads


@pytest.fixture(autouse=True)
def generous_umask() -> Iterator[None]:
    before = os.umask(0o000)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


async def write(path: Path) -> dict[str, str]:
    """The modes of a database and of what lies beside it, while it is in use."""
    database = Database(f"sqlite:///{path}")
    try:
        async with database.engine.begin() as connection:
            await connection.execute(text("CREATE TABLE IF NOT EXISTS t (x)"))
            await connection.execute(text("INSERT INTO t VALUES (1)"))
        async with database.engine.connect() as connection:
            await connection.execute(text("SELECT * FROM t"))
            return {found.name: mode(found) for found in path.parent.iterdir()}
    finally:
        await database.close()


async def test_a_new_database_is_private_with_what_lies_beside_it(tmp_path: Path) -> None:
    modes = await write(tmp_path / "ani.sqlite3")
    assert "ani.sqlite3-wal" in modes
    assert set(modes.values()) == {"600"}


async def test_a_database_of_an_earlier_version_is_closed_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "ani.sqlite3"
    await write(path)
    for left in (path, tmp_path / "ani.sqlite3-wal", tmp_path / "ani.sqlite3-shm"):
        left.touch()
        left.chmod(0o644)
    assert set((await write(path)).values()) == {"600"}


def test_the_secret_key(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "secret.key")
    file.read()
    assert mode(file.path) == "600"
    file.path.chmod(0o644)
    file.read()
    assert mode(file.path) == "600"
    file.rotate("x" * 64, 1)
    assert mode(file.path) == "600"


async def test_uploads(tmp_path: Path) -> None:
    root = tmp_path / "uploads"
    files = LocalUploads(root, 10, 10)
    await files.create(UploadId("one"))
    assert (mode(root), mode(Path(files.path(UploadId("one"))))) == ("700", "600")
    root.chmod(0o755)
    await files.free_bytes()
    assert mode(root) == "700"


def test_what_an_operator_gave_to_nobody_else_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    ensure_private_folder(folder)
    assert mode(folder) == "500"
