"""The stored document: without loss (``test_properties`` and every ``Scene``), and readable later."""

import json
from typing import Any

import pytest

from realtime.party import codec
from realtime.party.codec import FORMAT, UnknownFormat, from_json, to_json
from realtime.party.domain.commands import Play, QueueAdd, QueueVote
from realtime.party.domain.model import Member, MemberId, Party, PartyId, Role
from tests.unit.realtime.party.domain.scene import SHORT, Scene


def test_survives_json_text() -> None:
    room = Scene("bob", title="Пятница 🎬", password_hash="")
    room.command(Play)
    assert from_json(json.loads(json.dumps(to_json(room.party)))) == room.party


def test_the_same_party_is_the_same_text() -> None:
    """Sets have an order here, so that stores may compare documents."""
    room = Scene("bob", "eve")
    room.command(QueueAdd, media=SHORT)
    (item,) = room.party.queue
    for name in ("eve", "ann", "bob"):
        room.command(QueueVote, by=name, item_id=item.item_id)
    assert to_json(room.party)["queue"][0]["votes"] == ["ann", "bob", "eve"]


def test_what_has_its_default_is_left_out() -> None:
    member = Member(member_id=MemberId("ann"), name="Ann", role=Role.HOST, joined_at_ms=7)
    party = Party(
        party_id=PartyId("party"), created_at_ms=5, founder_id=MemberId("ann"), members={member.member_id: member}
    )
    assert to_json(party) == {
        "format": 1,
        "party_id": "party",
        "created_at_ms": 5,
        "founder_id": "ann",
        "members": {"ann": {"member_id": "ann", "name": "Ann", "role": "host", "joined_at_ms": 7}},
    }
    assert from_json(to_json(party)) == party


def test_a_document_of_a_later_program_is_refused_not_misread() -> None:
    document = to_json(Scene().party)
    document["format"] = FORMAT + 1
    with pytest.raises(UnknownFormat):
        from_json(document)


@pytest.mark.parametrize("damage", [{"settings": {"wait": "sometimes"}}, {"members": {"ann": {}}}, {"unknown": 1}])
def test_a_damaged_document_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        from_json({**to_json(Scene().party), **damage})


def test_a_document_without_its_members_never_looks_at_one(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Scene()
    whole = to_json(room.party)
    seen: list[object] = []
    plain = codec._plain

    def watched(value: Any) -> Any:
        seen.append(value)
        return plain(value)

    monkeypatch.setattr(codec, "_plain", watched)
    assert to_json(room.party, members=False) == {key: value for key, value in whole.items() if key != "members"}
    assert not [value for value in seen if isinstance(value, Member)]
