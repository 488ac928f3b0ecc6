"""What names of video files say."""

import pytest

from streaming.ingest.watch_folder.file_names import WorkTitle, leading_number, read

NAMES = [
    ("[SubsPlease] Sousou no Frieren - 05 (1080p) [ABCD1234].mkv", WorkTitle("Sousou no Frieren"), (5.0,)),
    ("[Erai-raws] Kaguya-sama S2 - 03v2 [1080p][Multiple Subtitle].mkv", WorkTitle("Kaguya-sama", 2), (3.0,)),
    ("Toradora! S01E03-Your Song.mkv", WorkTitle("Toradora!", 1), (3.0,)),
    ("[Group]_Toradora!_(2008)_-_01v2_-_Tiger_[1280x720_H.264].mkv", WorkTitle("Toradora!", None, 2008), (1.0,)),
    ("[YMDR][哥布林殺手][Goblin Slayer][2018][05][1080p][AVC].mp4", WorkTitle("Goblin Slayer", None, 2018), (5.0,)),
    ("Mob Psycho 100 - 07.mkv", WorkTitle("Mob Psycho 100"), (7.0,)),
    ("[Group] 86 - Eighty Six - 11.5 [720p].mkv", WorkTitle("86 - Eighty Six"), (11.5,)),
    ("Show.Name.S02E05.1080p.WEB-DL.x264-GRP.mkv", WorkTitle("Show Name", 2), (5.0,)),
    ("Наруто - 12 [1080p].mkv", WorkTitle("Наруто"), (12.0,)),
    ("葬送のフリーレン 第05話.mkv", WorkTitle("葬送のフリーレン"), (5.0,)),
    ("One Piece - 1071.mkv", WorkTitle("One Piece"), (1071.0,)),
    ("[Group] Title - 01-02 [1080p].mkv", WorkTitle("Title"), (1.0, 2.0)),
    ("Title OVA - 1.mkv", WorkTitle("Title OVA"), (1.0,)),
    ("Akira (1988) [BDRip 1080p].mkv", WorkTitle("Akira", None, 1988), ()),
    ("Sousou no Frieren/Season 2/05.mkv", WorkTitle("Sousou no Frieren", 2), (5.0,)),
    ("a/b/c/d/Sousou no Frieren/05.mkv", WorkTitle("Sousou no Frieren"), (5.0,)),
    ("05.mkv", None, (5.0,)),
]


@pytest.mark.parametrize(("path", "work", "numbers"), NAMES, ids=[str(number) for number in range(len(NAMES))])
def test_names_of_the_field(path: str, work: WorkTitle | None, numbers: tuple[float, ...]) -> None:
    name = read(path)
    assert (name.work, name.numbers, name.is_extra) == (work, numbers, False)


@pytest.mark.parametrize(
    "path",
    [
        "[Group] Title - NCOP1 [1080p].mkv",
        "[Group] Title - NCED [1080p].mkv",
        "Title - PV2.mkv",
        "Title S00E02.mkv",
        "Title - 05 [OVA].mkv",
    ],
)
def test_what_is_no_episode(path: str) -> None:
    assert read(path).is_extra


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("05.mkv", 5),
        ("5.5.mkv", 5.5),
        ("05 - The Name.mkv", 5),
        ("05v2.mkv", 5),
        ("05.1080p.mkv", 5),
        ("E05.mkv", 5),
        ("Episode 05.mkv", 5),
        ("12345.mkv", None),
        ("The Name 05.mkv", None),
        ("٠٥.mkv", 5),
    ],
)
def test_leading_number(name: str, number: float | None) -> None:
    assert leading_number(name) == number


def test_odd_names_are_read_without_harm() -> None:
    for name in (
        "[" * 250,
        "1-" * 120,
        "S01E" * 60,
        "\x1b[31m - 05",
        "²³ - ⅷ",
        " ",
        "...",
        "😀" * 60,
        "a/" * 400 + "05.mkv",
    ):
        read(f"{name}.mkv")
        leading_number(name)
