"""Filters, orders and counts over the catalogue's columns, compared with the same worked out one release at a time."""

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from catalog.search.listing.columns import Columns
from catalog.search.listing.facets import listed, seen
from catalog.search.listing.model import (
    EVERYWHERE,
    SOMEWHERE,
    CatalogueFilter,
    CatalogueRow,
    Chosen,
    Facet,
    Facets,
    Script,
    Term,
    script_of,
)

GENRES = ("action", "comedy", "drama", "mecha", "slice-of-life")


def row(number: int, name: str = "", *, genres: Iterable[str] = (), **facts: Any) -> CatalogueRow:
    terms: dict[Facet, tuple[Term, ...]] = {Facet.GENRE: tuple(Term(genre, genre.title()) for genre in genres)}
    for facet in (Facet.TYPE, Facet.SEASON, Facet.AGE_RATING, Facet.STATUS):
        value = facts.pop(facet.value, None)
        terms[facet] = () if value is None else (Term(value),)
    names = dict.fromkeys(Script, name or f"Release {number}") | facts.pop("names", {})
    given = {"version": 1, "published": True, "created_at_s": float(number), "updated_at_s": float(number), **facts}
    return CatalogueRow(release_id=release_id(number), sort_names=names, terms=terms, **given)


def release_id(number: int) -> str:
    return f"0190{number:04x}-0000-7000-8000-000000000000"


def found(columns: Columns, ranked: Iterable[int] | None = None, **wanted: Any) -> list[int]:
    """The numbers of the releases wanted, in their order."""
    text = None if ranked is None else [release_id(number) for number in ranked]
    answer = listed(columns, CatalogueFilter(**wanted), ranked=text, offset=0, limit=10_000, with_facets=False)
    assert answer.total == len(answer.release_ids)
    return [int(one[4:8], 16) for one in answer.release_ids]


def counted(columns: Columns, **wanted: Any) -> Facets:
    facets = listed(columns, CatalogueFilter(**wanted), ranked=None, offset=0, limit=0, with_facets=True).facets
    assert facets is not None
    return facets


def by_value(facets: Facets, facet: Facet) -> dict[str, int]:
    return {count.term.value: count.count for count in facets.terms[facet]}


SOME = Columns.build(
    [
        row(1, "Ёж", genres=("action", "mecha"), type="TV", year=2016, season="winter", fresh_at_s=9.0),
        row(2, "ant", genres=("comedy",), type="TV", year=2017, season="spring", fresh_at_s=8.0),
        row(3, "Éclair", genres=("action", "comedy"), type="MOVIE", year=2016, published=False),
        row(4, "鬼", type="OVA", fresh_at_s=7.0, names={Script.LATIN: "Demon", Script.CYRILLIC: "Демон"}),
    ]
)


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [4, 2, 1]),
        ({"drafts": True}, [4, 3, 2, 1]),
        ({"drafts": True, "published": False}, [3]),
        ({"drafts": True, "published": True}, [4, 2, 1]),
        ({"published": False}, [4, 2, 1]),  # a viewer cannot ask for drafts
        ({"chosen": {Facet.GENRE: Chosen(("action", "comedy"))}, "drafts": True}, [3, 2, 1]),
        ({"chosen": {Facet.GENRE: Chosen(all_of=("action", "comedy"))}, "drafts": True}, [3]),
        ({"chosen": {Facet.GENRE: Chosen(none_of=("mecha",))}}, [4, 2]),
        ({"chosen": {Facet.GENRE: Chosen(("action",), none_of=("mecha",))}, "drafts": True}, [3]),
        ({"chosen": {Facet.GENRE: Chosen(("unknown",))}}, []),
        ({"chosen": {Facet.GENRE: Chosen(none_of=("unknown",))}}, [4, 2, 1]),
        ({"chosen": {Facet.TYPE: Chosen(("TV", "OVA")), Facet.SEASON: Chosen(("spring",))}}, [2]),
        ({"year_from": 2017}, [2]),
        ({"year_to": 2016}, [1]),  # an unknown year is in no span
        ({"ids": (release_id(2), release_id(3), release_id(77))}, [2]),
        ({"sort": "created_at"}, [1, 2, 4]),
        ({"sort": "-fresh_at"}, [1, 2, 4]),
        ({"sort": "year"}, [1, 2, 4]),
        ({"sort": "-year"}, [2, 1, 4]),
        ({"sort": "name", "drafts": True}, [2, 3, 1, 4]),  # no case, no accents
        ({"sort": "-name", "drafts": True}, [4, 1, 3, 2]),
        ({"sort": "name", "script": Script.LATIN}, [2, 4, 1]),
        ({"sort": "name", "script": Script.CYRILLIC}, [2, 4, 1]),
        ({"sort": "relevance"}, [4, 2, 1]),
        ({"sort": "relevance", "ranked": (2, 3, 4, 99)}, [2, 4]),
        ({"sort": "name", "ranked": (4, 2)}, [2, 4]),
        ({"ranked": ()}, []),
    ],
)
def test_what_is_found(wanted: dict[str, Any], numbers: list[int]) -> None:
    assert found(SOME, **wanted) == numbers


RATED = Columns.build(
    [
        row(1, rating=8.5, members=900, trend=1.5),
        row(2, rating=9.0, members=3, trend=1e30),
        row(3, rating=6.0, members=1),
        row(4, rating=5.0, members=500),
        row(5, members=7),
        row(6, rating=8.6, members=2, published=False),
    ]
)


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"sort": "-rating"}, [2, 1, 3, 4, 5]),
        ({"sort": "rating"}, [4, 3, 1, 2, 5]),
        ({"sort": "-popularity"}, [1, 4, 5, 2, 3]),
        ({"sort": "-trending"}, [2, 1, 5, 4, 3]),
        ({"score_from": 6.0}, [3, 2, 1]),
        ({"score_from": 6.0, "score_to": 8.5}, [3, 1]),
        ({"score_to": 9.0}, [4, 3, 2, 1]),
        ({"gems": True}, [2]),
        ({"gems": True, "drafts": True}, [2]),
    ],
)
def test_scores(wanted: dict[str, Any], numbers: list[int]) -> None:
    assert found(RATED, **wanted) == numbers


def test_ratings_are_read_again() -> None:
    later = RATED.rated({release_id(5): (9.5, 1, 0.0), release_id(77): (1.0, 1, 1.0)})
    assert (found(later, score_from=1.0), found(later, gems=True)) == ([5], [5])
    assert found(later, sort="-rating") == [5, 4, 3, 2, 1]
    assert found(RATED.rated({}), gems=True) == []


def test_a_page_and_the_number_of_all() -> None:
    answer = listed(SOME, CatalogueFilter(), ranked=None, offset=1, limit=1, with_facets=False)
    assert (answer.release_ids, answer.total, answer.facets) == ([release_id(2)], 3, None)
    assert listed(SOME, CatalogueFilter(), ranked=None, offset=9, limit=5, with_facets=False).release_ids == []


def test_an_empty_catalogue() -> None:
    empty = Columns.build([])
    assert found(empty) == found(empty, ranked=(1,), year_from=2000, sort="name") == []
    facets = counted(empty)
    assert (facets.years, set(map(len, facets.terms.values()))) == ({}, {0})
    assert found(empty.changed([row(1)])) == [1]


def test_a_facet_does_not_narrow_its_own_counts() -> None:
    facets = counted(SOME, drafts=True, chosen={Facet.TYPE: Chosen(("TV",)), Facet.GENRE: Chosen(("action",))})
    assert by_value(facets, Facet.TYPE) == {"TV": 1, "MOVIE": 1}, "of action"
    assert by_value(facets, Facet.GENRE) == {"action": 1, "comedy": 1, "mecha": 1}, "of series"
    assert facets.years == {2016: 1}
    assert counted(SOME, year_from=2016, year_to=2016).years == {2017: 1, 2016: 1}
    narrowed = counted(SOME, drafts=True, chosen={Facet.GENRE: Chosen(all_of=("action",))})
    assert by_value(narrowed, Facet.GENRE) == {"action": 2, "comedy": 1, "mecha": 1}, "all of them narrow"


def test_what_is_chosen_is_counted_though_there_is_none() -> None:
    chosen = {Facet.GENRE: Chosen(("mecha",), none_of=("comedy",)), Facet.SEASON: Chosen(("spring",))}
    assert by_value(counted(SOME, chosen=chosen), Facet.GENRE) == {"comedy": 0, "mecha": 0}


def test_a_changed_release_is_as_it_is_now() -> None:
    later = SOME.changed(
        [row(1, "Hedgehog", genres=("drama",), version=2), row(5, genres=("action",))], [release_id(2)]
    )
    assert (found(later), found(SOME)) == ([5, 4, 1], [4, 2, 1]), "the former table stays what it was"
    assert found(later, chosen={Facet.GENRE: Chosen(("action", "mecha"))}) == [5]
    assert found(later, chosen={Facet.GENRE: Chosen(("drama",))}) == [1]
    assert (len(later), later.size) == (4, 6)
    assert later.knows(release_id(1), 2, 1.0)
    assert not later.knows(release_id(1), 1, 1.0)
    assert not later.knows(release_id(2), 1, 2.0)
    again = later.changed([row(2, version=3)], [release_id(5), release_id(99)])
    assert found(again, sort="name") == [1, 2, 4]
    assert again.newer(release_id(2), 2)
    assert not again.newer(release_id(5), 0)


def test_a_renamed_genre_has_its_new_name() -> None:
    other = CatalogueRow(
        release_id=release_id(6), version=1, published=True, created_at_s=6, updated_at_s=6,
        sort_names=dict.fromkeys(Script, "x"), terms={Facet.GENRE: (Term("mecha", "Giant robots"),)},
    )  # fmt: skip
    (mecha,) = [term for term in SOME.changed([other]).terms[Facet.GENRE].terms if term.value == "mecha"]
    assert mecha.label == "Giant robots"


def test_what_is_stored_is_what_comes_back() -> None:
    table = SOME.changed([row(1, "x", version=2, genres=("drama",))], [release_id(4)])
    again = Columns.of_arrays(table.arrays())
    for wanted in ({}, {"drafts": True, "sort": "name"}, {"chosen": {Facet.GENRE: Chosen(("drama",))}}):
        assert found(again, **wanted) == found(table, **wanted)
    assert counted(again, drafts=True) == counted(table, drafts=True)
    assert found(Columns.of_arrays(Columns.build([]).arrays())) == []
    with pytest.raises(KeyError):
        Columns.of_arrays({})
    with pytest.raises(ValueError, match="do not fit"):
        Columns.of_arrays({**table.arrays(), "genre_code": table.arrays()["genre_code"] + 99})


def test_as_worked_out_one_release_at_a_time() -> None:
    dice = random.Random(5)
    rows = [
        row(
            number,
            genres=dice.sample(GENRES, dice.randint(0, 4)),
            type=dice.choice(("TV", "OVA")),
            season=dice.choice(("winter", "spring", None)),
            year=dice.choice((0, 2015, 2016, 2017)),
            published=dice.random() < 0.8,
        )
        for number in range(1, 200)
    ]
    columns = Columns.build(rows[:150]).changed(rows[100:])
    assert len(columns) == 199

    for _ in range(60):
        genres = Chosen(*(tuple(dice.sample(GENRES, dice.choice((0, 0, 1, 2)))) for _ in range(3)))
        wanted = CatalogueFilter(
            chosen={Facet.GENRE: genres, Facet.TYPE: Chosen(dice.choice(((), ("TV",), ("TV", "OVA"))))},
            year_from=dice.choice((None, 2016)),
            year_to=dice.choice((None, 2016)),
            drafts=dice.random() < 0.5,
        )
        answer = listed(columns, wanted, ranked=None, offset=0, limit=999, with_facets=True)
        assert answer.release_ids == [one.release_id for one in reversed(rows) if fits(one, wanted)]
        assert answer.facets is not None
        for facet in set(Facet) - {Facet.BLOCKED}:
            counts = Counter(value for one in rows if fits(one, wanted, facet) for value in having(one, facet))
            assert {value: count for value, count in by_value(answer.facets, facet).items() if count} == counts
        assert answer.facets.years == Counter(one.year for one in rows if fits(one, wanted, "year") and one.year)


@pytest.mark.parametrize(
    ("reader", "genres"),
    [
        ({"region": "DE"}, {"action": 2, "comedy": 1}),
        ({"region": "JP"}, {"action": 1, "comedy": 1}),
        ({}, {"action": 1, "comedy": 1}),
        ({"drafts": True}, {"action": 3, "comedy": 1, "drama": 1}),
    ],
)
def test_what_a_reader_sees_of_an_entry(reader: dict[str, Any], genres: dict[str, int]) -> None:
    rows = [
        row(1, genres=("action", "comedy")),
        row(2, genres=("action",)),
        row(3, genres=("action", "drama")),
        row(4, genres=("drama", "mecha"), published=False),
        row(5, genres=("mecha",)),
    ]
    rows[1].terms[Facet.BLOCKED] = (Term(SOMEWHERE), Term("JP"))  # type: ignore[index]
    rows[2].terms[Facet.BLOCKED] = (Term(EVERYWHERE),)  # type: ignore[index]
    columns = Columns.build(rows).changed([], [release_id(5)])
    asked = {Facet.GENRE: (*GENRES, "unknown"), Facet.TYPE: ("TV",)}
    assert seen(columns, CatalogueFilter(**reader), asked) == {Facet.GENRE: genres, Facet.TYPE: {}}


def having(one: CatalogueRow, facet: Facet) -> set[str]:
    return {term.value for term in one.terms.get(facet, ())}


def fits(one: CatalogueRow, wanted: CatalogueFilter, but: str | None = None) -> bool:
    """Whether a release is wanted, whatever is chosen of the property ``but``."""
    for facet, chosen in wanted.chosen.items():
        has = having(one, facet)
        if not has >= set(chosen.all_of) or has & set(chosen.none_of):
            return False
        if chosen.any_of and but != facet and not has & set(chosen.any_of):
            return False
    spans = wanted.year_from is not None or wanted.year_to is not None
    if spans and but != "year" and not max(1, wanted.year_from or 1) <= one.year <= (wanted.year_to or 9_999):
        return False
    return wanted.drafts or one.published


@pytest.mark.parametrize(
    ("language", "script"),
    [
        (None, Script.MAIN),
        ("en-GB", Script.LATIN),
        ("ru", Script.CYRILLIC),
        ("uk-UA", Script.CYRILLIC),
        ("ja", Script.MAIN),
    ],
)
def test_whose_names_a_list_is_in(language: str | None, script: Script) -> None:
    assert script_of(language) is script
