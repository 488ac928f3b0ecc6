"""What a scan of a real folder finds."""

import os
from pathlib import Path

import pytest

from streaming.ingest.watch_folder.adapters import folder
from streaming.ingest.watch_folder.adapters.folder import FolderUnreadable, scan
from streaming.ingest.watch_folder.model import MAX_DEPTH, Reason


def write(path: Path, content: bytes = b"film") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_what_counts(tmp_path: Path) -> None:
    root = tmp_path / "films"
    for name in ("b/02.MKV", "a.mp4", "b/01.mkv", "b/01.ru.srt", "b/.02.mkv.Xy12", ".hidden/03.mkv", "b/03.mkv.part"):
        write(root / name)
    (root / "folder.mkv").mkdir()
    write(root / "empty.mkv", b"")
    os.mkfifo(root / "pipe.mkv")
    write(tmp_path / "secret.mkv")
    (root / "out.mkv").symlink_to(tmp_path / "secret.mkv")
    (root / "out folder").symlink_to(tmp_path)
    (root / "same.mkv").symlink_to(root / "a.mp4")
    (root / "circle.mkv").symlink_to(root / "circle.mkv")
    (root / "gone.mkv").symlink_to(root / "nothing.mkv")
    (root / os.fsdecode(b"\xff\xfe.mkv")).write_bytes(b"film")
    found = {file.path: file for file in scan(root).files}
    assert {path: file.problem for path, file in found.items()} == {
        "a.mp4": None,
        "b/01.mkv": None,
        "b/02.MKV": None,
        "same.mkv": None,
        "circle.mkv": Reason.UNREADABLE,
        "empty.mkv": Reason.EMPTY,
        "gone.mkv": Reason.UNREADABLE,
        "out.mkv": Reason.OUTSIDE,
        "pipe.mkv": Reason.UNREADABLE,
        "��.mkv": Reason.ODD_NAME,
    }
    assert found["a.mp4"].identity == found["same.mkv"].identity
    assert found["a.mp4"].size_bytes == 4
    for file in found.values():
        file.key.encode()


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAX_FILES", 3)
    for number in range(5):
        write(tmp_path / f"{number}.mkv")
    found = scan(tmp_path)
    assert ([file.path for file in found.files], found.more) == (["0.mkv", "1.mkv", "2.mkv"], True)


def test_too_deep(tmp_path: Path) -> None:
    write(tmp_path / "/".join("d" * MAX_DEPTH) / "in.mkv")
    write(tmp_path / "/".join("d" * (MAX_DEPTH + 1)) / "out.mkv")
    found = scan(tmp_path)
    assert [Path(file.path).name for file in found.files] == ["in.mkv"]
    assert found.unread == ("/".join("d" * (MAX_DEPTH + 1)),)


@pytest.mark.parametrize("name", ["nothing", "file.mkv"])
def test_no_folder(tmp_path: Path, name: str) -> None:
    write(tmp_path / "file.mkv")
    with pytest.raises(FolderUnreadable, match=name):
        scan(tmp_path / name)
