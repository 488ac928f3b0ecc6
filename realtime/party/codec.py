"""A party as JSON-able values and back, without loss: ``from_json(to_json(party)) == party``.

A stored document outlives the code that wrote it.  A field that has its default value is left out, so a field added
later reads as its default from older documents; ``FORMAT`` changes only when an older document cannot be read that way,
and a document of a later format is refused rather than misread.  Members can be stored one by one
(:func:`member_to_json`), for a store that keeps them in a hash of their own.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from enum import Enum
from types import NoneType
from typing import Any

from realtime.party.domain.accepted import Accepted
from realtime.party.domain.model import (
    Access,
    Ban,
    ControlMode,
    LastNext,
    Member,
    MemberId,
    Party,
    PartyId,
    PlayerState,
    QueueItem,
    Role,
    Settings,
    Standing,
    Tracks,
    Wait,
    Waiting,
)
from realtime.sync.live import Live
from realtime.sync.playback import Media, Playback

FORMAT = 1

Json = dict[str, Any]


class UnknownFormat(ValueError):
    """The document was written by a later version of this program."""


def to_json(party: Party, *, members: bool = True) -> Json:
    """The whole document; without ``members`` for a store that keeps those apart."""
    # What is left out is never looked at: this is made at each change, and a room may have 2,500 members.
    document: Json = _plain(party if members else replace(party, members={}))
    document["format"] = FORMAT
    return document


def from_json(document: Mapping[str, Any], members: Mapping[str, Mapping[str, Any]] | None = None) -> Party:
    """The party of a document; ``members`` (JSON by member id) replaces those inside.

    Raises UnknownFormat, and KeyError, ValueError or TypeError where the document is damaged.
    """
    if document["format"] > FORMAT:
        raise UnknownFormat(f"party document of format {document['format']}, this program knows {FORMAT}")
    given = {name: value for name, value in document.items() if name != "format"}
    stored_members = given.get("members", {}) if members is None else members
    given["members"] = {MemberId(key): member_from_json(value) for key, value in stored_members.items()}
    given["party_id"] = PartyId(given["party_id"])
    if "playback" in given:
        given["playback"] = playback_from_json(given["playback"])
    if "settings" in given:
        given["settings"] = settings_from_json(given["settings"])
    if "tracks" in given:
        given["tracks"] = Tracks(**given["tracks"])
    if "queue" in given:
        given["queue"] = tuple(map(queue_item_from_json, given["queue"]))
    if "skip_votes" in given:
        given["skip_votes"] = frozenset(given["skip_votes"])
    if "bans" in given:
        given["bans"] = tuple(Ban(**ban) for ban in given["bans"])
    if given.get("last_next") is not None:
        given["last_next"] = LastNext(**given["last_next"])
    if "standings" in given:
        given["standings"] = tuple(map(standing_from_json, given["standings"]))
    if given.get("waiting") is not None:
        given["waiting"] = Waiting(**given["waiting"])
    return Party(**given)


def member_to_json(member: Member) -> Json:
    """One member, without defaults."""
    document: Json = _plain(member)
    return document


def member_from_json(document: Mapping[str, Any]) -> Member:
    """The member of a document.  Raises KeyError, ValueError or TypeError where it is damaged."""
    given = dict(document)
    given["role"] = Role(given["role"])
    for name in ("unmuted_role", "role_before_host"):
        if given.get(name) is not None:
            given[name] = Role(given[name])
    if "state" in given:
        given["state"] = PlayerState(given["state"])
    if "accepted" in given:
        held = given["accepted"]  # before hundreds were remembered, a list of pairs
        given["accepted"] = Accepted.of(held) if isinstance(held, list) else Accepted(**held)
    for name in ("connections", "stall_pauses_ms"):
        if name in given:
            given[name] = tuple(given[name])
    return Member(**given)


def _media_from_json(document: Mapping[str, Any]) -> Media:
    given = dict(document)
    if given.get("live") is not None:
        given["live"] = Live(**given["live"])
    return Media(**given)


def playback_from_json(document: Mapping[str, Any]) -> Playback:
    """The playback of a document."""
    given = dict(document)
    if given.get("media") is not None:
        given["media"] = _media_from_json(given["media"])
    return Playback(**given)


def settings_from_json(document: Mapping[str, Any]) -> Settings:
    """The settings of a document."""
    given = dict(document)
    for name, kind in (("control", ControlMode), ("access", Access), ("wait", Wait)):
        if name in given:
            given[name] = kind(given[name])
    return Settings(**given)


def queue_item_from_json(document: Mapping[str, Any]) -> QueueItem:
    """An item of the queue of a document."""
    given = dict(document)
    given["media"] = _media_from_json(given["media"])
    given["votes"] = frozenset(given.get("votes", ()))
    return QueueItem(**given)


def standing_from_json(document: Mapping[str, Any]) -> Standing:
    """A standing decision of a document."""
    given = dict(document)
    if given.get("ceiling") is not None:
        given["ceiling"] = Role(given["ceiling"])
    if "invite_ids" in given:
        given["invite_ids"] = tuple(given["invite_ids"])
    return Standing(**given)


_SCALARS = frozenset({str, int, float, bool, NoneType})
_NO_DEFAULT = object()
_FIELDS: dict[type, tuple[tuple[str, Any], ...] | None] = {}


def _plain(value: Any) -> Any:
    """Dataclasses become objects without their defaults, sets sorted lists, enumerations their text."""
    if (names := _fields_of(type(value))) is not None:
        document = {}
        for name, default in names:
            held = getattr(value, name)
            if held is not default and held != default:
                document[name] = held if type(held) in _SCALARS else _plain(held)
        return document
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _plain(held) for key, held in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(held) for held in value]
    return value


def _fields_of(kind: type) -> tuple[tuple[str, Any], ...] | None:
    """The fields of a dataclass with their defaults, looked up once: a command in a room stores two documents."""
    try:
        return _FIELDS[kind]
    except KeyError:
        described = tuple((item.name, _default_of(item)) for item in fields(kind)) if is_dataclass(kind) else None
        _FIELDS[kind] = described
        return described


def _default_of(item: "Field[Any]") -> Any:
    if item.default is not MISSING:
        return item.default
    return _NO_DEFAULT if item.default_factory is MISSING else item.default_factory()
