"""Which releases a title and a season may mean."""

import pytest

from catalog.imports.matching.titles import NamedRelease, meant, spellings


def named(release_id: str, *names: str, year: int | None = None) -> NamedRelease:
    return NamedRelease(release_id, release_id, names[0], names, year, is_film=False)


RELEASES = [
    named("kaguya", "Kaguya-sama wa Kokurasetai", "Госпожа Кагуя", year=2019),
    named("kaguya-2", "Kaguya-sama wa Kokurasetai 2nd Season", "Kaguya-sama wa Kokurasetai", year=2020),
    named("mob", "Mob Psycho 100", year=2016),
    named("mob-2", "Mob Psycho 100 II", year=2019),
    named("mob-3", "Mob Psycho 100 III", "モブサイコ100 第3期", year=2022),
    named("basket-old", "Fruits Basket", year=2001),
    named("basket", "Fruits Basket", year=2019),
    named("titan-part", "Attack on Titan Season 3 Part 2", year=2019),
]


@pytest.mark.parametrize(
    ("title", "season", "year", "found"),
    [
        ("kaguya sama wa kokurasetai", None, None, ["kaguya"]),
        ("Kaguya-sama wa Kokurasetai", 1, None, ["kaguya"]),
        ("Kaguya-sama wa Kokurasetai", 2, None, ["kaguya-2"]),
        ("Kaguya-sama wa Kokurasetai 2nd Season", None, None, ["kaguya-2"]),
        ("Kaguya-sama wa Kokurasetai", 3, None, []),
        ("Госпожа Кагуя", None, None, ["kaguya"]),
        ("Mob Psycho 100", None, None, ["mob"]),
        ("Mob Psycho 100", 2, None, ["mob-2"]),
        ("Mob Psycho 100 II", None, None, ["mob-2"]),
        ("Mob Psycho 100", 3, None, ["mob-3"]),
        ("モブサイコ100", 3, None, ["mob-3"]),
        ("Mob Psycho", None, None, []),
        ("Fruits Basket", None, None, ["basket-old", "basket"]),
        ("Fruits Basket", None, 2019, ["basket"]),
        ("Fruits Basket", None, 2002, ["basket-old"]),
        ("Fruits Basket", None, 2010, []),
        ("Attack on Titan", 3, None, []),
    ],
)
def test_meant(title: str, season: int | None, year: int | None, found: list[str]) -> None:
    assert [each.release_id for each in meant(title, season, year, RELEASES)] == found


def test_spellings() -> None:
    assert spellings("A", None) == ("A",)
    assert {"A 2nd Season", "A II", "A 2", "A 2 сезон", "A 第2期"} <= set(spellings("A", 2))
    assert "A 11th Season" in spellings("A", 11)
    assert "A 21st Season" in spellings("A", 21)
