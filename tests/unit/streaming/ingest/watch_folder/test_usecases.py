"""Which episode a file is of, and what is ordered."""

import pytest

from streaming.ingest.watch_folder import usecases
from streaming.ingest.watch_folder.model import (
    MAX_UNDERWAY,
    Outcome,
    Reason,
    Scan,
    State,
    VideoFile,
    settled,
)
from streaming.keys.model import Protection
from tests.unit.streaming.ingest.watch_folder.memory import (
    MOVED_AT_NS,
    MemoryCatalogue,
    MemoryJobs,
    context,
    release,
)

FRIEREN, SECOND = release("Frieren", 1, 2, 5, 11.5), release("Frieren II", 1, 2, season=2)
EIGHTY_SIX = release("86", *range(1, 12))
FILM, TWINS = release("Akira", 1, is_film=True), [release("Ghost (TV)", 1), release("Ghost (film)", 1, is_film=True)]
SEEN = release("Seen", 1, 2, with_video=[1])
CATALOGUE = MemoryCatalogue(
    {"frieren": FRIEREN, "frieren-2": SECOND, "86": EIGHTY_SIX, "akira": FILM, "seen": SEEN},
    {"Frieren": [FRIEREN, SECOND], "86": [EIGHTY_SIX], "Akira": [FILM], "Ghost": TWINS, "Seen": [SEEN]},
)


def file(path: str, number: int = 0) -> VideoFile:
    return VideoFile(path, 1_000, MOVED_AT_NS, (1, number) if number else (0, 0))


async def judged(*paths: str, replacing: bool = False) -> list[Outcome]:
    return await usecases.judge(context(CATALOGUE), [file(path) for path in paths], replacing=replacing)


@pytest.mark.parametrize(
    ("path", "episode"),
    [
        ("frieren/05.mkv", "Frieren:5"),
        ("FRIEREN/05 - The Name.mkv", "Frieren:5"),
        ("frieren/11,5.mkv", "Frieren:11.5"),
        ("frieren/[Group] Sousou no Whatever - 05 [1080p].mkv", "Frieren:5"),
        ("frieren-2/01.mkv", "Frieren II:1"),
        ("frieren-2/[Group] Frieren S2 - 02.mkv", "Frieren II:2"),
        ("86/86 - 05.mkv", "86:5"),
        ("akira/whatever it is called.mkv", "Akira:1"),
        ("[Group] Frieren S01E05 [1080p].mkv", "Frieren:5"),
        ("downloads/[Group] Frieren S2 - 02.mkv", "Frieren II:2"),
        ("Frieren/Season 2/02.mkv", "Frieren II:2"),
        ("Akira (1988) [BDRip].mkv", "Akira:1"),
        ("seen/2.mkv", "Seen:2"),
    ],
)
async def test_taken(path: str, episode: str) -> None:
    (outcome,) = await judged(path)
    assert outcome.state is State.ORDER, outcome.sentence
    assert outcome.target is not None
    assert outcome.target.episode_id == episode


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("05.mkv", Reason.NO_TITLE),
        ("unknown/05.mkv", Reason.UNKNOWN_TITLE),
        ("[Group] Frieren - 05.mkv", Reason.SEVERAL_TITLES),
        ("Ghost - 01.mkv", Reason.SEVERAL_TITLES),
        ("frieren/06.mkv", Reason.NO_EPISODE),
        ("frieren/name.mkv", Reason.NO_NUMBER),
        ("frieren/[Group] Frieren - 01-02.mkv", Reason.SEVERAL_NUMBERS),
        ("frieren/[Group] Frieren - NCOP1.mkv", Reason.EXTRA),
        ("frieren/[Group] Akira - 01.mkv", Reason.OTHER_RELEASE),
        ("frieren/Whatever S02E01.mkv", Reason.OTHER_SEASON),
        ("86/08 - 05.mkv", Reason.UNCLEAR_NUMBER),
        ("seen/01.mkv", Reason.HAS_VIDEO),
        ("\x1b[31m/05.mkv", Reason.UNKNOWN_TITLE),
    ],
)
async def test_left(path: str, reason: Reason) -> None:
    (outcome,) = await judged(path)
    assert (outcome.state, outcome.reason) == (State.LEFT, reason), outcome.sentence


async def test_an_episode_with_a_video_if_one_says_so() -> None:
    (outcome,) = await judged("seen/01.mkv", replacing=True)
    assert outcome.state is State.ORDER


async def test_of_two_for_one_episode_neither() -> None:
    first, second, other = await judged("frieren/05.mkv", "frieren/05v2.mkv", "frieren/01.mkv")
    assert (first.state, first.reason, first.detail) == (State.LEFT, Reason.SEVERAL_FILES, "frieren/05v2.mkv")
    assert (second.reason, second.detail) == (Reason.SEVERAL_FILES, "frieren/05.mkv")
    assert other.state is State.ORDER


async def test_the_same_file_under_two_names() -> None:
    files = [file("frieren/01.mkv", 7), file("frieren/02.mkv", 7)]
    first, second = await usecases.judge(context(CATALOGUE), files)
    assert first.state is State.ORDER
    assert (second.reason, second.detail) == (Reason.TWICE, "frieren/01.mkv")


async def test_ordered_once_and_followed() -> None:
    jobs = MemoryJobs()
    at_work, found = context(CATALOGUE, jobs), [file("frieren/05.mkv"), file("frieren/nothing.mkv")]
    for _ in range(2):
        outcomes = await usecases.judge(at_work, found)
        outcomes = await usecases.order(at_work, outcomes, "/films/", protection=Protection.CBCS)
        assert [one.state for one in outcomes] == [State.QUEUED, State.LEFT]
    assert list(jobs.payloads.values()) == [
        {
            "file": "/films/frieren/05.mkv",
            "name": "05.mkv",
            "episode_id": "Frieren:5",
            "expected": {"size_bytes": 1_000, "mtime_ns": MOVED_AT_NS},
            "protection": "cbcs",
        }
    ]
    # Another file for the same episode is left while that one is on its way.
    another = await usecases.judge(at_work, [*found, file("frieren/05 again.mkv")])
    assert another[2].reason is Reason.SEVERAL_FILES
    jobs.put(found[0].key, "failed", {"code": "not_media", "message": "05.mkv is not a video file."})
    failed = await usecases.judge(at_work, found)
    assert (failed[0].state, failed[0].sentence) == (State.FAILED, "05.mkv is not a video file.")
    # Written to again, it is another file.
    changed = VideoFile("frieren/05.mkv", 1_001, MOVED_AT_NS + 1)
    assert (await usecases.judge(at_work, [changed]))[0].state is State.ORDER


async def test_no_more_than_the_queue_takes() -> None:
    many = release("Many", *range(1, MAX_UNDERWAY + 51))
    at_work = context(MemoryCatalogue({"many": many}, {}))
    found = [file(f"many/{number}.mkv") for number in range(1, MAX_UNDERWAY + 51)]
    for _ in range(2):
        outcomes = await usecases.order(at_work, await usecases.judge(at_work, found), "/films")
        assert sum(one.state is State.QUEUED for one in outcomes) == MAX_UNDERWAY
        assert {one.reason for one in outcomes[MAX_UNDERWAY:]} == {Reason.WAITS}


def test_settled_is_what_stood_still() -> None:
    before = Scan((file("a.mkv"), file("b.mkv"), VideoFile("d.mkv", 0, 1, problem=Reason.EMPTY)))
    grown = VideoFile("b.mkv", 2_000, MOVED_AT_NS)
    now = Scan((file("a.mkv"), grown, file("new.mkv"), VideoFile("d.mkv", 0, 1, problem=Reason.EMPTY)))
    assert [one.problem for one in settled(before, now)] == [None, Reason.CHANGING, Reason.CHANGING, Reason.EMPTY]


def test_a_release_of_thousands_of_files() -> None:
    assert len({file(f"a/{number}.mkv").key for number in range(1_000)}) == 1_000
    assert len(file("a/1.mkv").key) <= 200  # the column of jobs
