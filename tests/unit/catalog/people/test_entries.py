"""Aliases, names and lists of people, studios and tags: rules alone."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.people.entries.model import (
    EntryDraft,
    EntryName,
    ListedTwice,
    alias_from,
    checked_entry_alias,
    is_key,
    numbered,
    search_text,
)
from catalog.people.persons import model as persons
from catalog.people.persons.model import NoCharacter, Person, PersonUpdated, StaffCredit, StaffRole
from catalog.people.tags.model import ReleaseTag, Tag, TagCategory, TagDraft, TagUpdated, by_rank
from catalog.releases.model import ALIAS_MAX, BadAlias, checked_alias

NOW = datetime(2026, 11, 30, tzinfo=UTC)
ID = "01a20000-0000-7000-8000-000000000000"


def person(name: str = "Hayao Miyazaki", number: int = 0) -> Person:
    return Person.create(f"{ID[:-1]}{number}", "somebody", EntryDraft(name), NOW)


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("Hayao Miyazaki", "hayao-miyazaki"),
        ("Хаяо Миядзаки", "khayao-miyadzaki"),
        ("Studio 4°C", "studio-4degc"),
        ("Beyoncé  O'Neil", "beyonce-o-neil"),
        ("スタジオジブリ", "sutajiojiburi"),
        ("…", ""),
    ],
)
def test_an_alias_is_made_of_the_name_in_latin_letters(name: str, alias: str) -> None:
    assert alias_from(name) == alias


@given(st.text(max_size=300), st.integers(2, 99))
def test_whatever_the_name_its_alias_is_one(name: str, number: int) -> None:
    alias = alias_from(name)
    if alias:
        assert checked_alias(alias) == alias
        assert len(checked_alias(numbered(alias, number))) <= ALIAS_MAX


def test_an_alias_cannot_be_taken_for_an_id() -> None:
    with pytest.raises(BadAlias):
        checked_entry_alias(ID)
    assert [is_key(text) for text in (ID, "ghibli", "Ghibli", "a\0b", "x" * 81, "")] == [True, True, *[False] * 4]


def test_names_are_searched_in_their_own_script_and_in_latin_letters() -> None:
    assert search_text("Хаяо Миядзаки", "宮崎 駿") == "хаяо миядзаки khayao miyadzaki 宮崎 駿 gongqi jun"


def test_an_edit_keeps_the_alias_and_says_what_changed() -> None:
    edited = person()
    edited.pull_events()
    names = (EntryName("宮崎 駿", "ja"), EntryName("宮崎 駿", "ja"), EntryName("Miyazaki Hayao"))
    edited.edit(EntryDraft("Miyazaki Hayao", names=names), NOW)
    assert (edited.alias, edited.names) == ("somebody", (EntryName("宮崎 駿", "ja"),)), (
        "said once, and not the name itself"
    )
    [event] = edited.pull_events()
    assert isinstance(event, PersonUpdated)
    assert event.changes["name"] == ("Hayao Miyazaki", "Miyazaki Hayao")
    assert set(event.changes) == {"name", "names"}


def test_only_a_voice_has_a_character() -> None:
    assert StaffCredit(person(), StaffRole.VOICE, "Totoro").shown == "voice: Hayao Miyazaki (Totoro)"
    with pytest.raises(NoCharacter):
        StaffCredit(person(), StaffRole.MUSIC, "Totoro")


def test_nobody_does_one_thing_twice() -> None:
    voice = StaffCredit(person(), StaffRole.VOICE, "Mei")
    persons.ensure_no_repeats(
        [voice, StaffCredit(person(), StaffRole.VOICE, "Satsuki"), StaffCredit(person(), StaffRole.SCRIPT)]
    )
    with pytest.raises(ListedTwice, match="Hayao Miyazaki"):
        persons.ensure_no_repeats([voice, StaffCredit(person(), StaffRole.VOICE, "Mei")])


def tag(name: str, *, spoiler: bool = False, number: int = 0) -> Tag:
    return Tag.create(f"{ID[:-1]}{number}", name.lower(), TagDraft(name, spoiler=spoiler), NOW)


def test_tags_are_sorted_by_rank_and_hide_what_gives_the_story_away() -> None:
    tags = by_rank(
        [
            ReleaseTag(tag("Bears"), 20),
            ReleaseTag(tag("Twist", spoiler=True, number=1), 90),
            ReleaseTag(tag("War", number=2), 40, True),
        ]
    )
    assert [(one.tag.name, one.spoiler) for one in tags] == [("Twist", True), ("War", True), ("Bears", False)]
    with pytest.raises(ListedTwice):
        by_rank([ReleaseTag(tag("Bears"), 20), ReleaseTag(tag("Bears"), 90)])


def test_a_tag_says_what_changed_of_it() -> None:
    edited = tag("Bears")
    edited.pull_events()
    edited.edit(TagDraft("Bears", category=TagCategory.CAST, spoiler=True), NOW)
    [event] = edited.pull_events()
    assert isinstance(event, TagUpdated)
    assert event.changes == {"category": ("other", "cast"), "spoiler": (False, True)}
