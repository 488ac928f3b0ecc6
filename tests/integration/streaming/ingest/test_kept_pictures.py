"""A recording whose picture is the largest rendition as it is, and the lower ones beside it."""

import asyncio
import subprocess
from pathlib import Path

import m3u8  # type: ignore[import-untyped]  # it ships no types
import pytest

from kernel.storage import MediaStorage
from server.services import Services
from streaming.ingest import jobs
from streaming.ingest.engine import Engine, Finished
from streaming.ingest.kept_picture import MAX_SEGMENT_S
from streaming.ingest.model import Asset
from streaming.keys.model import Protection
from tests.integration.streaming.ingest.conftest import TOOLS, Film
from tests.support.media.shows import add_episode

KEY_FRAMES = "0,1.9,4.3,6.1,8.05,10.5,12.2"
TOP, LOW = "v360", "v240"


@pytest.fixture(scope="session")
def recording(films: Film) -> Path:
    """As it is recorded: pictures at uneven times, key frames where they were asked for, Opus, fragments."""
    return recorded(films, "recording.mp4", KEY_FRAMES)


def recorded(films: Film, name: str, key_frames: str, *more: str, picture_s: float = 14) -> Path:
    return films(
        name,
        *("-f", "lavfi", "-i", f"testsrc2=size=640x360:rate=30:duration={picture_s}"),
        *("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=14"),
        *("-vf", "setpts=PTS+0.007*sin(N)/TB,format=yuv420p", "-fps_mode", "passthrough", "-enc_time_base", "1/90000"),
        *("-c:v", "libx264", "-profile:v", "baseline", "-preset", "ultrafast", "-g", "10000", "-sc_threshold", "0"),
        *("-force_key_frames", key_frames, "-video_track_timescale", "90000", *more),
        *("-c:a", "libopus", "-movflags", "frag_keyframe+empty_moov"),
    )


@pytest.fixture(scope="module")
def kept(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("kept") / "staging"
    return asyncio.run(Engine(TOOLS).make(recording, folder, keep_picture=True))


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def pictures(path: Path) -> list[str]:
    """The packets of pictures, by what is in them."""
    show = ("-show_entries", "packet=data_hash", "-show_data_hash", "md5", "-of", "csv=p=0")
    return run(TOOLS.ffprobe, "-v", "error", "-select_streams", "v", *show, path).split()


def lengths(folder: Path, name: str) -> list[float]:
    playlist = m3u8.load(str(folder / name / "main.m3u8"))
    assert all(round(each.duration) <= playlist.target_duration for each in playlist.segments), "RFC 8216 §4.3.3.1"
    return [each.duration for each in playlist.segments]


def joined(folder: Path, name: str, out: Path, only: int | None = None) -> Path:
    """A rendition as one file, or one segment of it."""
    segments = sorted((folder / name).glob("0*.m4s"))
    chosen = segments if only is None else [segments[only]]
    out.write_bytes(b"".join(path.read_bytes() for path in (folder / name / "init.mp4", *chosen)))
    return out


def test_the_picture_is_that_of_the_source(kept: Finished, recording: Path, tmp_path: Path) -> None:
    assert kept.published.warnings == ()
    assert [(each.name, each.width, each.height) for each in kept.published.renditions] == [
        (TOP, 640, 360),
        (LOW, 426, 240),
    ]
    assert kept.published.renditions[0].codecs.startswith("avc1.42"), "its own profile"
    assert kept.published.duration_ms == pytest.approx(14_000, abs=60)
    assert pictures(joined(kept.folder, TOP, tmp_path / "top.mp4")) == pictures(recording)


def test_all_renditions_are_cut_at_its_key_frames(kept: Finished) -> None:
    assert lengths(kept.folder, TOP) == lengths(kept.folder, LOW)
    assert lengths(kept.folder, TOP) == pytest.approx([4.3, 3.75, 4.15, 1.8], abs=0.05)
    assert max(lengths(kept.folder, TOP)) <= MAX_SEGMENT_S


def test_a_player_may_switch_at_every_segment(kept: Finished, tmp_path: Path) -> None:
    show = ("-select_streams", "v", "-show_entries", "frame=pts_time,key_frame", "-of", "csv=p=0")
    times: dict[str, list[list[str]]] = {}
    for name in (TOP, LOW):
        for index in range(4):
            part = joined(kept.folder, name, tmp_path / f"{name}-{index}.mp4", index)
            frames = [line.strip(",") for line in run(TOOLS.ffprobe, "-v", "error", *show, part).split()]
            assert frames[0].startswith("1,"), "each begins with a key frame, and is decoded alone"
            times.setdefault(name, []).append([frame.partition(",")[2] for frame in frames])
    for top, low in zip(times[TOP], times[LOW], strict=True):
        assert [float(at) for at in top] == pytest.approx([float(at) for at in low], abs=0.001)


@pytest.mark.parametrize("name", [TOP, LOW])
def test_ffmpeg_plays_it(kept: Finished, name: str) -> None:
    playlist = kept.folder / name / "main.m3u8"
    frames = run(
        *(TOOLS.ffmpeg, "-v", "error", "-nostdin", "-i", playlist, "-fps_mode", "passthrough", "-f", "framecrc", "-")
    )
    assert sum(line.startswith("0,") for line in frames.splitlines()) == 420


def test_sound_of_a_picture_that_never_came_is_left_out(films: Film, tmp_path: Path) -> None:
    """A publisher that is cut off: its sound was sent before the picture that belongs to it."""
    cut_off = recorded(films, "cut-off.mp4", KEY_FRAMES, picture_s=12.8)
    made = asyncio.run(Engine(TOOLS).make(cut_off, tmp_path / "staging", keep_picture=True))
    assert made.published.warnings == ("Its sound goes on for 1.2 s after its picture; it ends there, too.",)
    assert made.published.duration_ms == pytest.approx(12_800, abs=60)
    assert pictures(joined(made.folder, TOP, tmp_path / "top.mp4")) == pictures(cut_off)
    [sound] = [each for each in made.folder.iterdir() if (each / "main.m3u8").is_file() and each.name.startswith("a")]
    assert sum(lengths(made.folder, sound.name)) == pytest.approx(12.8, abs=0.1)


def test_rare_key_frames_have_it_encoded_anew(films: Film, tmp_path: Path) -> None:
    rare = recorded(films, "rare.mp4", "0,1,10")
    made = asyncio.run(Engine(TOOLS).make(rare, tmp_path / "staging", keep_picture=True))
    [warning] = made.published.warnings
    assert "encoded anew" in warning
    assert "key frames are too far apart (a segment would have 10.0 s)" in warning
    assert lengths(made.folder, TOP) == pytest.approx([4, 4, 4, 2], abs=0.1)
    assert made.published.renditions[0].codecs.startswith("avc1.64")


def test_reordered_pictures_are_encoded_anew(films: Film, tmp_path: Path) -> None:
    film = recorded(films, "reordered.mp4", KEY_FRAMES, "-profile:v", "main", "-bf", "2", "-preset", "veryfast")
    made = asyncio.run(Engine(TOOLS).make(film, tmp_path / "staging", keep_picture=True))
    assert "not sent in the order" in made.published.warnings[0]


def test_what_cannot_be_decoded_is_not_kept(recording: Path, tmp_path: Path) -> None:
    """Players may end there, and renditions would be cut apart from each other."""
    broken = bytearray(recording.read_bytes())
    third = [at for at in range(len(broken)) if broken[at : at + 4] == b"mdat"][3]
    size = int.from_bytes(broken[third - 4 : third], "big")
    broken[third + 4 : third + size - 8] = bytes(size - 12)
    (tmp_path / "broken.mp4").write_bytes(broken)
    made = asyncio.run(Engine(TOOLS).make(tmp_path / "broken.mp4", tmp_path / "staging", keep_picture=True))
    assert any("encoded anew" in each for each in made.published.warnings), made.published.warnings
    assert lengths(made.folder, TOP) == lengths(made.folder, LOW)


@pytest.mark.parametrize("mode", [Protection.AES_128, Protection.CENC, Protection.CBCS])
async def test_protected_and_back(services: Services, recording: Path, tmp_path: Path, mode: Protection) -> None:
    container = services.container
    episode_id = await add_episode(container)

    async def made(protection: Protection) -> tuple[Asset, Path]:
        asset = await jobs.ingest(container, recording, episode_id, protection=protection, keep_picture=True)
        async with container.scope(write=False) as scope:
            folder = scope.port(MediaStorage).folder(asset.id)
        assert folder is not None
        return asset, folder

    sealed, sealed_folder = await made(mode)
    assert (sealed.protection, sealed.warnings) == (mode, ())
    assert lengths(sealed_folder, TOP) == lengths(sealed_folder, LOW)
    assert "#EXT-X-KEY" in (sealed_folder / TOP / "main.m3u8").read_text()
    plain, folder = await made(Protection.NONE)  # packaged anew, and not encoded
    assert plain.id != sealed.id
    assert lengths(folder, TOP) == lengths(folder, LOW) == lengths(sealed_folder, TOP)
    assert pictures(joined(folder, TOP, tmp_path / "top.mp4")) == pictures(recording)
