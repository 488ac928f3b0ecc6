"""What the names of subtitle files say."""

import pytest

from streaming.ingest.subtitles.side_files import SideFile, belongs_to, side_file


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", SideFile("und", "", False)),
        ("ru", SideFile("ru", "", False)),
        ("rus.forced", SideFile("ru", "", True)),
        ("forced.ru", SideFile("ru", "", True)),
        ("en.sdh", SideFile("en", "English SDH", False, True)),
        ("sdh.en", SideFile("en", "English SDH", False, True)),
        ("hi", SideFile("hi", "", False)),
        ("hi.forced", SideFile("hi", "", True)),
        ("forced.HI", SideFile("hi", "", True)),
        ("en.hi", SideFile("en", "English SDH", False, True)),
        ("hi.en", SideFile("en", "English SDH", False, True)),
        ("hin.cc", SideFile("hi", "हिन्दी SDH", False, True)),
        ("pt-BR", SideFile("pt-BR", "", False)),
        ("English.Director's cut", SideFile("en", "", False)),
        ("default.chs", SideFile("zh-Hans", "", False)),
        ("jp", SideFile("ja", "", False)),
        ("sub", SideFile("und", "", False)),
        ("yue", SideFile("yue", "", False)),
    ],
)
def test_the_parts_after_the_films_own_name(rest: str, expected: SideFile) -> None:
    assert side_file(f"Film.{rest}.srt" if rest else "Film.srt", "Film") == expected


def test_a_film_called_like_a_language() -> None:
    assert side_file("Der.Film.en.srt", "Der.Film").language == "en"
    assert side_file("Hi.srt", "Hi").language == "und"


def test_of_a_film_we_do_not_know() -> None:
    assert side_file("captions.ja.vtt") == SideFile("ja", "", False)
    assert side_file("It.Is.Over.forced.de.srt", "Ended") == SideFile("de", "", True)
    assert side_file("This.is.a.title.srt", "Ended").language == "und"


@pytest.mark.parametrize(
    ("candidate", "film", "expected"),
    [
        ("Film.srt", "Film.mkv", True),
        ("Film.ru.ASS", "Film.mkv", True),
        ("Film 2.srt", "Film.mkv", False),
        ("Film.mkv", "Film.mkv", False),
        ("Show.12.en.srt", "Show.12.mp4", True),
        ("Show.12.5.en.srt", "Show.12.mp4", False),
        ("Show.12.5.en.srt", "Show.12.5.mp4", True),
        ("Show - 1.5.srt", "Show - 1.mkv", False),
        ("Film.2.en.srt", "Film.mkv", True),
        ("Film.2010.en.srt", "Film.mkv", False),
        ("Film.cd2.srt", "Film.mkv", False),
        ("Show.S01E02.srt", "Show.mkv", False),
        ("Cafe\u0301.en.srt", "Café.mkv", True),
    ],
)
def test_which_belong_to_a_film(candidate: str, film: str, expected: bool) -> None:
    assert belongs_to(candidate, film) is expected


def test_the_film_whose_name_fits_best_takes_it() -> None:
    assert belongs_to("Film.Extra.en.srt", "Film.mkv")
    assert not belongs_to("Film.Extra.en.srt", "Film.mkv", ["Film.mkv", "Film.Extra.mkv", "Other.mkv"])
