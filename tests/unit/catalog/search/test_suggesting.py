"""Suggesting: what is grouped, and what is offered where nothing is found.  See catalog/search/usecases.py."""

import asyncio
import json
import random
import string
from collections.abc import Mapping, Sequence

import pytest

from catalog.people.queries import EntryKind, NamedEntry
from catalog.releases.model import ReleaseType, Status
from catalog.releases.names import Names, OtherName
from catalog.search.listing import usecases as listing
from catalog.search.listing.model import CatalogueFilter, Facet, Listed
from catalog.search.model import Name, NamedRelease, SuggestedRelease, no_readings
from catalog.search.names import NameIndex, NameSegment
from catalog.search.usecases import FoundEntries, SearchContext, Suggested, spelt_like, suggest
from tests.support.catalog.title_queries import FOLDER, named, readings_of


def release(alias: str, *names: str) -> SuggestedRelease:
    main, english, *others = (*names, "") if len(names) == 1 else names
    given = Names(main, english or None)
    named_too = [OtherName(name) for name in others]
    return SuggestedRelease(alias, alias, ReleaseType.TV, 2020, Status.PUBLISHED, None, given, named_too)


RELEASES = [
    release("naruto", "ナルト", "Naruto", "Наруто"),
    release("haruto", "Haruto"),
    release("monster", "Monster"),
    release("secret", "Sekret"),
]
MEMBERS = {"naruto": 900, "haruto": 3, "monster": 50, "secret": 9_999}
HIDDEN = {"secret"}
"""What the reader's region does not show."""


class Memory:
    """The catalogue, the index of names, and one person, in memory."""

    def __init__(self) -> None:
        rows = [NamedRelease(one.id, tuple(Name(name) for name in names_of(one)), published=True) for one in RELEASES]
        self.index = NameIndex(NameSegment.build(rows, no_readings), readings=no_readings)
        self.person_score = 0.0
        self.asked: list[tuple[str, bool, int]] = []

    async def find(self, text: str, *, drafts: bool) -> Sequence[str]:
        return [match.release_id for match in self.index.search(text, drafts=drafts)]

    async def guesses(self, text: str, *, drafts: bool) -> Sequence[str]:
        found = self.index.search(text, drafts=drafts)
        return [match.release_id for match in self.index.guesses(text, found, drafts=drafts)]

    async def listed(
        self, wanted: CatalogueFilter, *, ranked: Sequence[str] | None, offset: int, limit: int, with_facets: bool
    ) -> Listed:
        ids = [one for one in ranked or () if one not in HIDDEN]
        if wanted.sort == "-popularity":
            ids.sort(key=lambda one: -MEMBERS[one])
        return Listed(ids[:limit], len(ids))

    async def seen(
        self, wanted: CatalogueFilter, terms: Mapping[Facet, Sequence[str]]
    ) -> Mapping[Facet, Mapping[str, int]]:
        """Each is named by two releases that the reader sees, and by a third one that they do not."""
        return {facet: {one: 2 for one in some if one not in HIDDEN} for facet, some in terms.items()}

    async def forget(self, release_ids: Sequence[str]) -> None:
        raise AssertionError(release_ids)

    async def called(self, words: Sequence[str], limit: int) -> Sequence[str]:
        raise AssertionError(words)

    async def many(self, release_ids: Sequence[str]) -> list[SuggestedRelease]:
        by_id: dict[str, SuggestedRelease] = {one.id: one for one in RELEASES}
        return [by_id[one] for one in release_ids]


class People:
    """One of them, found by whatever is typed."""

    def __init__(self, score: float) -> None:
        self.score, self.asked = score, []  # type: tuple[float, list[tuple[str, bool, int]]]

    async def find(self, text: str, *, spoilers: bool, limit: int) -> FoundEntries:
        self.asked.append((text, spoilers, limit))
        secret, person = (NamedEntry(EntryKind.PERSON, one, one, one.title(), (), 3) for one in ("secret", "somebody"))
        return FoundEntries({EntryKind.PERSON: [secret, person]}, self.score)


def names_of(one: SuggestedRelease) -> list[str]:
    return [name for name in (one.name.main, one.name.english, *(name.text for name in one.names)) if name]


def suggested(text: str, people: People | None = None, *, limit: int = 8, spoilers: bool = False) -> Suggested:
    memory = Memory()
    context = SearchContext(listing.ListingContext(memory, memory, memory), people or People(0.0), memory)
    return asyncio.run(suggest(context, CatalogueFilter(text=text), limit=limit, spoilers=spoilers))


def test_groups_are_asked_for_the_words_without_typed_filters() -> None:
    people = People(0.9)
    found = suggested("naruto year:2002 type:", people, limit=8, spoilers=True)
    assert people.asked == [("naruto", True, 10)], "five of a group at most, and as many in reserve"
    assert [one.alias for one in found.releases] == ["naruto", "haruto"]
    people_found = [(one.name, one.releases) for one in found.entries.by_kind[EntryKind.PERSON]]
    assert people_found == [("Somebody", 2)], "those who are named by what the reader sees"
    for nothing in ("", "  ", "year:2002"):
        assert suggested(nothing, people).entries.by_kind == {}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nqrvto", "Naruto"),
        ("науртло", "Наруто"),
        ("mnzter", "Monster"),
        ("monster", None),
        ("naruto", None),
        ("sekrettt", None),
        ("xq", None),
        ("qwertyuiop", None),
        ("how to cook rice", None),
    ],
)
def test_what_was_meant_is_offered_in_the_script_it_was_typed_in(typed: str, meant: str | None) -> None:
    assert suggested(typed).did_you_mean == meant


def test_of_equally_near_names_the_best_known_is_offered() -> None:
    assert suggested("qaruta").did_you_mean == "Naruto"


def test_nothing_is_guessed_where_a_person_was_surely_meant() -> None:
    assert suggested("mnzter", People(0.95)).did_you_mean is None
    assert suggested("mnzter", People(0.7)).did_you_mean == "Monster"


def test_a_name_is_offered_as_it_is_written() -> None:
    assert spelt_like("наурто", RELEASES[0]) == "Наруто"
    assert spelt_like("nartuo", RELEASES[0]) == "Naruto"
    assert spelt_like("ナルド", RELEASES[0]) == "ナルト"


def test_nonsense_offers_nothing_among_many_titles() -> None:
    rows = json.loads((FOLDER / "titles.json").read_text(encoding="utf-8"))
    readings = readings_of(rows)
    titles = NameIndex(NameSegment.build([named(row) for row in rows], readings), readings=readings)
    dice = random.Random(11)
    words = ["".join(dice.choices(string.ascii_lowercase, k=dice.randint(6, 20))) for _ in range(200)]
    assert sum(bool(titles.guesses(word, titles.search(word))) for word in words) <= 4
