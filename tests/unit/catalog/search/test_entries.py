"""Names of people, studios and tags: see catalog/search/entries.py."""

from typing import Any

from catalog.people.entries.model import EntryName
from catalog.people.queries import EntryKind, NamedEntry
from catalog.search import entries
from catalog.search.entries import EntryNames
from catalog.search.model import no_readings


def entry(entry_id: str, name: str, *names: str, releases: int = 1, **more: Any) -> NamedEntry:
    others = tuple(EntryName(other) for other in names)
    return NamedEntry(EntryKind.PERSON, entry_id, entry_id, name, others, releases, **more)


KNOWN = [
    entry("miyazaki", "Hayao Miyazaki", "宮崎駿", "Хаяо Миядзаки", releases=3),
    entry("goro", "Goro Miyazaki", releases=2),
    entry("hosoda", "Mamoru Hosoda"),
    entry("other-hosoda", "Mamoru Hosoda", releases=9),
    entry("twist", "Surprise Ending", spoiler=True),
]
NAMES = EntryNames.built(KNOWN, no_readings)


def found(names: EntryNames, text: str, *, spoilers: bool = False, limit: int = 5) -> list[str]:
    return [one.id for one, _ in names.find(text, spoilers=spoilers, limit=limit)]


def test_every_name_finds_it_misspelt_and_in_any_order_too() -> None:
    for text in ("hayao m", "miyazaki hayao", "Hayao Miyazki", "宮崎駿", "хаяо миядзаки", "рфнфщ ьшнфяфлш"):
        assert found(NAMES, text)[:1] == ["miyazaki"], text
    assert found(NAMES, "qwertyuiop") == []


def test_of_equally_alike_ones_the_one_that_more_releases_name_comes_first() -> None:
    assert found(NAMES, "mamoru hosoda") == ["other-hosoda", "hosoda"]
    assert found(NAMES, "mamoru hosoda", limit=1) == ["other-hosoda"]


def test_tags_that_give_a_story_away_are_found_by_those_who_ask() -> None:
    assert found(NAMES, "surprise") == []
    assert found(NAMES, "surprise", spoilers=True) == ["twist"]


def test_what_changed_is_found_at_once_and_what_is_gone_is_not() -> None:
    renamed = NAMES.replaced([entry("goro", "Somebody Else"), *KNOWN[2:]])
    assert (found(renamed, "somebody"), found(renamed, "goro"), len(renamed)) == (["goro"], [], 4)
    counted = NAMES.changed([entry("hosoda", "Mamoru Hosoda", releases=10)])
    assert found(counted, "mamoru hosoda") == ["hosoda", "other-hosoda"]
    assert found(NAMES.changed([], ["hosoda"]), "mamoru hosoda") == ["other-hosoda"]
    assert NAMES.replaced(KNOWN) is NAMES


def test_many_changes_make_a_new_index(monkeypatch: Any) -> None:
    monkeypatch.setattr(entries, "RECENT_MAX", 1)
    changed = NAMES.changed([entry("a", "Akira Toriyama"), entry("b", "Naoko Takeuchi")], ["goro"])
    assert (found(changed, "toriyama"), found(changed, "goro"), len(changed)) == (["a"], [], 6)
