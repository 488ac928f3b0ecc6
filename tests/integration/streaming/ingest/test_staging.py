"""Who works where, and which file is the same file."""

from pathlib import Path

import pytest

from kernel.ids import new_id
from streaming.ingest.model import IngestRunning
from streaming.ingest.packaging.staging import abandoned, fingerprint, occupied

MIB = 1024 * 1024


def written(path: Path, content: bytes | bytearray) -> Path:
    path.write_bytes(content)
    return path


class TestFingerprint:
    def test_is_of_the_content_whatever_its_name(self, tmp_path: Path) -> None:
        film = written(tmp_path / "Film.mp4", b"film")
        upload = written(tmp_path / "0190.upload", b"film")
        assert fingerprint(film, []) == fingerprint(upload, [])

    @pytest.mark.parametrize("place", [0, 5 * MIB, 10 * MIB - 1])
    def test_sees_the_beginning_the_middle_and_the_end(self, tmp_path: Path, place: int) -> None:
        content = bytearray(10 * MIB)
        before = fingerprint(written(tmp_path / "a.mp4", content), [])
        content[place] = 1
        assert fingerprint(written(tmp_path / "a.mp4", content), []) != before

    def test_sees_the_size(self, tmp_path: Path) -> None:
        one, other = written(tmp_path / "a", bytes(10 * MIB)), written(tmp_path / "b", bytes(10 * MIB + 1))
        assert fingerprint(one, []) != fingerprint(other, [])

    def test_sees_the_subtitles_and_their_language_but_not_their_order(self, tmp_path: Path) -> None:
        film = written(tmp_path / "a.mp4", b"film")
        english, russian = written(tmp_path / "a.en.srt", b"1"), written(tmp_path / "a.ru.srt", b"1")
        assert len({fingerprint(film, []), fingerprint(film, [english]), fingerprint(film, [russian])}) == 3
        assert fingerprint(film, [english, russian]) == fingerprint(film, [russian, english])


class TestOccupied:
    def test_begins_empty_and_leaves_nothing(self, tmp_path: Path) -> None:
        staging = tmp_path / ".staging" / new_id()
        staging.mkdir(parents=True)
        (staging / "left by somebody").touch()
        with occupied(staging):
            assert list(staging.iterdir()) == []
            (staging / "half").touch()
        assert list(staging.parent.iterdir()) == []

    def test_leaves_what_was_moved_away(self, tmp_path: Path) -> None:
        staging = tmp_path / ".staging" / new_id()
        with occupied(staging):
            (staging / "whole").touch()
            staging.rename(tmp_path / "published")
        assert (tmp_path / "published" / "whole").exists()

    def test_by_one_at_a_time(self, tmp_path: Path) -> None:
        staging = tmp_path / new_id()
        with occupied(staging), pytest.raises(IngestRunning), occupied(staging):
            pass
        with occupied(staging):
            assert staging.is_dir()


class TestAbandoned:
    def test_is_what_nobody_holds(self, tmp_path: Path) -> None:
        dead, alive = new_id(), new_id()
        (tmp_path / dead).mkdir()
        (tmp_path / f"{dead}.lock").touch()
        (tmp_path / "somebody-elses.lock").touch()
        with occupied(tmp_path / alive):
            with abandoned(tmp_path) as left:
                assert left == [dead]
                assert not (tmp_path / dead).exists()
            names = {path.name for path in tmp_path.iterdir()}
        assert names == {alive, f"{alive}.lock", "somebody-elses.lock"}

    def test_is_found_again_when_it_could_not_be_settled(self, tmp_path: Path) -> None:
        dead = new_id()
        (tmp_path / f"{dead}.lock").touch()
        with pytest.raises(OSError, match="database away"), abandoned(tmp_path):
            raise OSError("database away")
        with abandoned(tmp_path) as left:
            assert left == [dead]
