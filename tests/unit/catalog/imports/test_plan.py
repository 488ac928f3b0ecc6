"""What a source may change, and what stays as people made it."""

from typing import Any

import pytest

from catalog.imports.applying.aliases import alias_candidates
from catalog.imports.applying.plan import Change, planned
from catalog.imports.records.model import SourceRecord
from catalog.releases.model import ReleaseType, checked_alias

NOW: dict[str, Any] = {"title": "A", "year": 2001, "description": None, "names": [], "genres": ["Drama"]}


def test_what_is_empty_is_filled_and_what_others_said_stays() -> None:
    plan = planned(NOW, {}, {"title": "B", "year": 2001, "description": "New"}, ())
    assert plan.changes == {"description": Change(None, "New")}
    assert plan.kept_back == ("title",)


def test_what_the_source_wrote_it_may_write_again() -> None:
    assert planned(NOW, {"title": "A"}, {"title": "B"}, ()).changes == {"title": Change("A", "B")}


def test_what_was_edited_by_hand_stays() -> None:
    plan = planned({**NOW, "title": "Edited"}, {"title": "A"}, {"title": "B"}, ())
    assert (plan.changes, plan.kept_back) == ({}, ("title",))


def test_what_was_emptied_by_hand_stays_empty() -> None:
    assert planned({**NOW, "year": None}, {"year": 2001}, {"year": 2002}, ()).changes == {}


def test_what_the_source_says_no_more_is_not_emptied() -> None:
    assert planned(NOW, {"year": 2001}, {"title": "A"}, ()).changes == {}


@pytest.mark.parametrize("field", ["description", "external_ids.mal", "names", "genres"])
def test_what_is_locked_stays(field: str) -> None:
    value: Any = [["B", "", "synonym"]] if field == "names" else ["Action"] if field == "genres" else "1"
    assert planned(NOW, {}, {field: value}, {field.partition(".")[0]}).changes == {}
    assert planned(NOW, {}, {field: value}, ()).changes


def test_lists_are_joined_and_people_win_in_both_directions() -> None:
    def genres(now: list[str], last: list[str], incoming: list[str]) -> list[str]:
        change = planned({"genres": now}, {"genres": last}, {"genres": incoming}, ()).changes.get("genres")
        return now if change is None else change.after

    assert genres(["Drama"], [], ["Action"]) == ["Drama", "Action"]
    assert genres(["Drama"], ["Drama", "Action"], ["Drama", "Action"]) == ["Drama"]  # taken out by hand
    assert genres(["Drama", "Own"], ["Drama"], ["Action"]) == ["Own", "Action"]  # the source changed its mind
    assert genres(["drama"], [], ["Drama"]) == ["drama"]


def test_lists_become_no_longer_than_an_editor_may_make_them_and_lose_nothing() -> None:
    own, offered = ([f"{who} {number}" for number in range(20)] for who in ("Own", "Source"))
    assert planned({"genres": own}, {}, {"genres": offered}, ()).changes["genres"].after == own + offered[:10]
    full = own * 2  # of before there was a limit
    assert planned({"genres": full}, {}, {"genres": offered}, ()).changes == {}


def test_the_case_of_an_address_counts() -> None:
    now = [["https://youtu.be/aqz-KE-bpKQ", "", ""]]
    other = [["https://youtu.be/AQZ-KE-bpKQ", "", ""]]
    assert planned({"trailers": now}, {}, {"trailers": other}, ()).changes["trailers"].after == now + other


def test_a_title_is_not_another_name_too() -> None:
    names = [["A", "ja", "official"], ["B", "en", "official"]]
    assert planned(NOW, {}, {"title": "A", "names": names}, ()).changes["names"].after == [["B", "en", "official"]]


@pytest.mark.parametrize(
    ("title", "english", "first"),
    [("進撃の巨人", "Attack on Titan", "attack-on-titan"), ("ハイキュー!!", None, "haikyu"), ("!!!", None, "release")],
)
def test_addresses(title: str, english: str | None, first: str) -> None:
    record = SourceRecord(key="k", title=title, english=english, type=ReleaseType.TV, year=2013)
    aliases = alias_candidates(record)
    assert aliases[0] == first
    assert [checked_alias(alias) for alias in aliases] == list(aliases)
    assert len(set(aliases)) == len(aliases)


def test_the_longest_titles_have_addresses() -> None:
    record = SourceRecord(key="k", title="long " * 51, type=ReleaseType.SPECIAL, year=2013)
    assert all(checked_alias(alias) for alias in alias_candidates(record))
