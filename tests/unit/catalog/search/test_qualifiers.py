"""Which of several works of one name is meant: see catalog/search/qualifiers.py."""

import pytest

from catalog.search.model import Name, NamedRelease, no_readings
from catalog.search.names import NameIndex, NameSegment
from catalog.search.qualifiers import FILM, SERIES, SPECIAL, Qualified, qualified


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("kinikuman 1984", Qualified("kinikuman", 1984)),
        ("gegege no kitaro 1985 movie", Qualified("gegege no kitaro", 1985, FILM)),
        ("overlord movie 2", Qualified("overlord", kind=FILM)),
        ("gekijo ban overlord", Qualified("overlord", kind=FILM)),
        ("shakugan no shana omvie", Qualified("shakugan no shana", kind=FILM)),
        ("major ova", Qualified("major", kind=SPECIAL)),
        ("sword gai tv", Qualified("sword gai", kind=SERIES)),
        ("2001 nights", None),
        ("space battleship 2199", None),
        ("movie 2", None),
        ("special a", None),
        ("monster", None),
    ],
)
def test_a_year_and_a_kind_are_told_from_the_name(key: str, meant: Qualified | None) -> None:
    assert qualified(key) == meant


KITARO = [
    NamedRelease(f"tv-{year}", (Name("ゲゲゲの鬼太郎"), Name("Gegege no Kitarou")), published=True, year=year)
    for year in (1968, 1985, 2007, 2018)
]
FILM_OF_1985 = NamedRelease(
    "film-1985",
    (Name("劇場版 ゲゲゲの鬼太郎"), Name("Gekijouban Gegege no Kitarou")),
    published=True,
    year=1985,
    side_work=1,
)
INDEX = NameIndex(NameSegment.build([*KITARO, FILM_OF_1985], no_readings), readings=no_readings)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Gegege no Kitarou", "tv-1968"),
        ("Gegege no Kitarou (2007)", "tv-2007"),
        ("Gegege no Kitaro 2018", "tv-2018"),
        ("Gegege no Kitarou Movie", "film-1985"),
        ("Gegege no Kitarou (1985 Movie)", "film-1985"),
        ("Gegege no Kitarou 1985", "tv-1985"),
        ("Gegege no Kitarou (TV)", "tv-1968"),
        ("gegege no kitarou фильм", "film-1985"),
    ],
)
def test_it_is_found_before_the_others_of_the_name(text: str, meant: str) -> None:
    assert INDEX.search(text)[0].release_id == meant
