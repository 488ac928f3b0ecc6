"""The names of people, studios and tags, searched as those of releases are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from catalog.people.queries import NamedEntry
from catalog.search.model import Name, Readings
from catalog.search.names import NameIndex, NameSegment

RECENT_MAX: Final = 500
"""Changed entries beside the large segment; then it is built anew, since each change builds the small one (1 ms an entry)."""

COMPARED: Final = 50
"""Names compared letter by letter for one query: five are shown, and there are three kinds to search in beside the titles."""


@dataclass(frozen=True, slots=True)
class _Searched:
    """An entry as the index takes it: of equally alike ones, what most releases name comes first."""

    id: str
    names: tuple[Name, ...]
    published: bool
    """Not of tags that give a story away."""
    standing: int
    year: int = 0
    side_work: int = 0

    @classmethod
    def of(cls, entry: NamedEntry) -> "_Searched":
        names = (Name(entry.name), *(Name(name.text, name.language) for name in entry.names))
        return cls(entry.id, names, published=not entry.spoiler, standing=-entry.releases)


class EntryNames:
    """All entries of one kind.  Immutable."""

    def __init__(self, known: Mapping[str, NamedEntry], index: NameIndex, readings: Readings) -> None:
        self._known, self._index, self._readings = known, index, readings

    def __len__(self) -> int:
        return len(self._known)

    @classmethod
    def built(cls, entries: Iterable[NamedEntry], readings: Readings) -> "EntryNames":
        """Of ``entries``.  Takes about 0.3 ms for each: not for the event loop."""
        known = {entry.id: entry for entry in entries}
        segment = NameSegment.build([_Searched.of(entry) for entry in known.values()], readings)
        return cls(known, NameIndex(segment, readings=readings, compared=COMPARED), readings)

    def replaced(self, entries: Iterable[NamedEntry]) -> "EntryNames":
        """As if built of ``entries``, for the price of what is different."""
        now = {entry.id: entry for entry in entries}
        return self.changed(now.values(), self._known.keys() - now.keys())

    def changed(self, entries: Iterable[NamedEntry], gone: Iterable[str] = ()) -> "EntryNames":
        """With ``entries`` as they are now, and without those ``gone``."""
        different = [entry for entry in entries if self._known.get(entry.id) != entry]
        past = [entry_id for entry_id in gone if entry_id in self._known]
        if not different and not past:
            return self
        known = {**self._known, **{entry.id: entry for entry in different}}
        for entry_id in past:
            del known[entry_id]
        if len(different) + len(self._index.recent) > RECENT_MAX:
            return self.built(known.values(), self._readings)
        return EntryNames(known, self._index.changed(map(_Searched.of, different), past), self._readings)

    def find(self, text: str, *, spoilers: bool, limit: int) -> list[tuple[NamedEntry, float]]:
        """What ``text`` may mean with its score, best first.  Takes some ms: not for the event loop."""
        found = self._index.search(text, drafts=spoilers)[:limit]
        return [(self._known[match.release_id], match.score) for match in found]
