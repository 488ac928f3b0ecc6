"""Filters typed into a search."""

from typing import Any

import pytest

from catalog.search.listing.model import CatalogueFilter, Chosen, Facet
from catalog.search.listing.query_text import BadTypedFilter, TypedQuery, parse

G, T = Facet.GENRE, Facet.TYPE


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("year:2016 -genre:mecha type:tv titan", TypedQuery("titan", {G: Chosen(none_of=("mecha",)), T: Chosen(("TV",))}, 2016, 2016)),
        ("attack year:2010-2015 on titan", TypedQuery("attack on titan", {}, 2010, 2015)),
        ("year:2010..2015", TypedQuery("", {}, 2010, 2015)),
        ("year:2010-", TypedQuery("", {}, 2010, None)),
        ("year:>2010 year:<=2012", TypedQuery("", {}, 2011, 2012)),
        ("year:<2010", TypedQuery("", {}, None, 2009)),
        ("year:>=2010", TypedQuery("", {}, 2010, None)),
        ('genre:"Slice of Life" genre:comedy', TypedQuery("", {G: Chosen(all_of=("slice-of-life", "comedy"))})),
        ("genre:action,comedy", TypedQuery("", {G: Chosen(("action", "comedy"))})),
        ("type:tv,movie type:movie,ova", TypedQuery("", {T: Chosen(("MOVIE",))})),
        ("-type:ova,tv", TypedQuery("", {T: Chosen(none_of=("OVA", "TV"))})),
        ("сезон:осень ЖАНР:Комедия", TypedQuery("", {Facet.SEASON: Chosen(("autumn",)), G: Chosen(all_of=("комедия",))})),
        ("age:16+ status:ongoing", TypedQuery("", {Facet.AGE_RATING: Chosen(("16",)), Facet.STATUS: Chosen(("ongoing",))})),
        ("score:>8 titan", TypedQuery("titan", {}, score_from=8.0)),
        ("оценка:7.5+ score:8", TypedQuery("", {}, score_from=8.0)),
        ("tag:time-travel -tag:gore studio:Bones", TypedQuery("", {Facet.TAG: Chosen(all_of=("time-travel",), none_of=("gore",)), Facet.STUDIO: Chosen(all_of=("bones",))})),
        ("Re:Zero", TypedQuery("Re:Zero")),
        ("Steins;Gate 0: x", TypedQuery("Steins;Gate 0: x")),
        ("type: rider", TypedQuery("type: rider")),
        ('"type:rider" year:2016', TypedQuery("type:rider", {}, 2016, 2016)),
        ('"type:rider"', TypedQuery('"type:rider"')),
        ("subtype:tv", TypedQuery("subtype:tv")),
        ("", TypedQuery("")),
    ],
)  # fmt: skip
def test_filters_and_text(query: str, expected: TypedQuery) -> None:
    assert parse(query) == expected


@pytest.mark.parametrize(
    "query",
    ["year:20", "year:1492", "year:2016-2010", "-year:2016", "year:>2010-2012", "type:podcast", "season:fifth", "age:17",
     "genre:!!", "status:on", "год:x", "type:tv,podcast", "score:11", "score:0", "-score:8"],
)  # fmt: skip
def test_a_value_that_there_is_not(query: str) -> None:
    with pytest.raises(BadTypedFilter, match="quotation marks"):
        parse(query)


@pytest.mark.parametrize(
    ("query", "chosen", "years"),
    [
        ("type:tv", {T: Chosen(("TV",))}, (2000, 2010)),
        ("type:ova", {T: Chosen(("\0",))}, (2000, 2010)),
        ("-type:ova", {T: Chosen(("TV", "MOVIE"), none_of=("OVA",))}, (2000, 2010)),
        ("year:2005-2015", {T: Chosen(("TV", "MOVIE"))}, (2005, 2010)),
        ("year:2020", {T: Chosen(("TV", "MOVIE"))}, (2020, 2010)),
    ],
)
def test_they_narrow_the_filters_beside_them(query: str, chosen: dict[Facet, Chosen], years: tuple[int, int]) -> None:
    given = CatalogueFilter(text=query, chosen={T: Chosen(("TV", "MOVIE"))}, year_from=2000, year_to=2010)
    wanted = parse(query).narrowed(given)
    assert (wanted.text, wanted.chosen, (wanted.year_from, wanted.year_to)) == ("", chosen, years)


@pytest.mark.parametrize("text", ["a" * 200, "genre:" * 33, '"' * 200, "year:" + "9" * 195, "-a:" * 66])
def test_hostile_text_is_text_or_refused(text: str) -> None:
    answer: Any
    try:
        answer = parse(text).text
    except BadTypedFilter:
        answer = ""
    assert isinstance(answer, str)
