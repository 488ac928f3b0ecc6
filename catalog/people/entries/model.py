"""An entry of a reference list: a person, a studio or a tag, with its names and its address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar

from anyascii import anyascii

from catalog.releases.model import ALIAS_MAX, BadAlias, checked_alias
from kernel.changes import Changes, differences, snapshot
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid
from kernel.events import Event
from kernel.ids import is_id
from kernel.text.titles import folded, stored_key

ENTRY_NAME_MAX = 200
"""Characters; the longest credited name in catalogues of anime is that of a production committee with 140."""


class EntryAliasTaken(Conflict):
    """Another one already has the alias {alias!r}."""


class StillInUse(Conflict):
    """{releases} releases name it, deleted ones that may be restored among them. Take it off them, or merge it into another one."""


class MergedIntoItself(Invalid):
    """One and the same cannot be merged."""


class UnknownEntry(Invalid):
    """There is none with the id or alias {key!r}."""


class ListedTwice(Invalid):
    """{name!r} is listed twice for the same."""


@dataclass(frozen=True)
class EntryName:
    """One more name; ``language`` is a BCP 47 tag, empty where nobody said it."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class EntryDraft:
    """What an editor says of an entry; without an ``alias`` it keeps its own, or gets one made from its name."""

    name: str
    alias: str | None = None
    names: tuple[EntryName, ...] = ()
    description: str = ""


D = TypeVar("D", bound=EntryDraft)


@dataclass(eq=False, kw_only=True)
class Entry(Entity, Generic[D]):
    """One person, studio or tag."""

    FACTS: ClassVar[tuple[str, ...]] = ("alias", "name", "names", "description")
    """What editors change, for the audit log."""

    id: str
    alias: str
    name: str
    names: tuple[EntryName, ...]
    description: str
    created_at: datetime
    updated_at: datetime
    search_text: str = ""
    """All names, folded, in their own script and in Latin letters."""
    name_key: str = ""
    """What the name is found by when whole names are compared."""
    version: int = 1

    @classmethod
    def create(cls, entry_id: str, alias: str, draft: D, now: datetime) -> Self:
        """A new one under ``alias``.  Raises ``BadAlias``."""
        entry = cls(
            id=entry_id,
            alias=checked_entry_alias(alias),
            name=draft.name,
            names=draft.names,
            description=draft.description,
            created_at=now,
            updated_at=now,
        )
        entry._say(draft)
        entry.record(entry._created(now))
        return entry

    def edit(self, draft: D, now: datetime) -> None:
        """Replace all that is said of it.  Raises ``BadAlias``."""
        before = snapshot(self, self.FACTS)
        if draft.alias is not None:
            self.alias = checked_entry_alias(draft.alias)
        self._say(draft)
        self.updated_at = now
        self.record(self._updated(now, differences(before, snapshot(self, self.FACTS))))

    def deleted(self, now: datetime) -> None:
        """Record that it is gone."""
        self.record(self._deleted(now))

    def merged_into(self, other_id: str, now: datetime) -> None:
        """Record that it was the same as ``other_id``, which stays."""
        self.record(self._merged(now, other_id))

    def _say(self, draft: D) -> None:
        self.name, self.description = draft.name, draft.description
        self.names = tuple(dict.fromkeys(name for name in draft.names if name.text != draft.name))
        self.search_text = search_text(self.name, *(name.text for name in self.names))
        self.name_key = stored_key(self.name)

    def _created(self, at: datetime) -> Event:
        raise NotImplementedError

    def _updated(self, at: datetime, changes: Changes) -> Event:
        raise NotImplementedError

    def _deleted(self, at: datetime) -> Event:
        raise NotImplementedError

    def _merged(self, at: datetime, into_id: str) -> Event:
        raise NotImplementedError


def checked_entry_alias(text: str) -> str:
    """``text`` if it is an alias that cannot be taken for an id; raises ``BadAlias``."""
    if is_id(text):
        raise BadAlias
    return checked_alias(text)


def is_key(text: str) -> bool:
    """Whether ``text`` can be an id or an alias; nothing else is looked up."""
    try:
        return is_id(text) or bool(checked_alias(text))
    except BadAlias:
        return False


def alias_from(name: str) -> str:
    """An alias made of ``name`` in Latin letters; empty where nothing of it can be written in them."""
    plain = folded(anyascii(name))
    words = "".join(letter if letter.isascii() else " " for letter in plain).split()
    return "-".join(words)[:ALIAS_MAX].strip("-")


def numbered(alias: str, number: int) -> str:
    """``alias`` with a number behind it, for the second of a name."""
    ending = f"-{number}"
    return alias[: ALIAS_MAX - len(ending)].rstrip("-") + ending


def search_text(*names: str) -> str:
    """``names`` folded, each in its own script and in Latin letters, for the search to look in."""
    forms = (form for name in names for form in (folded(name), folded(anyascii(name))))
    return " ".join(dict.fromkeys(form for form in forms if form))


def ensure_once(keys: Iterable[tuple[Any, str]]) -> None:
    """Raises :class:`ListedTwice` where two of ``keys`` are the same; each comes with what it is called."""
    seen: set[Any] = set()
    for key, name in keys:
        if key in seen:
            raise ListedTwice(name=name)
        seen.add(key)
