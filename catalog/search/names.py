"""The names of a catalogue, searched: keys, whose they are, and the index over them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from catalog.search import ranking
from catalog.search.folding import fold
from catalog.search.index import GramIndex
from catalog.search.keyboard import other_layout
from catalog.search.model import Match, Named, Readings
from catalog.search.qualifiers import Qualified, qualified
from catalog.search.romanisation import romanised

CANDIDATES: Final = 200
"""Keys compared letter by letter for one query (1 ms)."""
CONTRACTION_CANDIDATES: Final = 400
MATCHES_MAX: Final = 200
"""Releases found at most: ten pages, and nobody reads the eleventh."""
QUERY_MAX: Final = 100
"""Letters of a query that are looked at."""
FORMAT: Final = 2
"""Of the stored arrays and of the keys in them: counted up by whoever changes what a key is."""
_ABBREVIATED: Final = 0.9
"""What initials score ("snk"): below a name that is those letters, above one that begins with them and goes on."""
_CONTRACTED: Final = 0.8
SATISFIED: Final = 0.8
"""From this score on nothing else was meant: neither a contraction nor another keyboard layout is tried, and nothing is guessed."""
_AS_NEAR: Final = 0.03
"""Guesses that are so much less near than the nearest are as likely: which of them was meant, how well they are known says."""
GUESSES_MAX: Final = 20
_OTHER_LAYOUT: Final = 0.98
_ALIKE: Final = 0.01
"""Scores nearer than this are equal, and the order among the releases decides."""

_PLAIN, _INITIALS, _BARE = 0, 1, 2
"""A spelling of a name; its first letters; a spelling without the kind of work that is in it ("劇場版 …")."""


class NameSegment:
    """An immutable index of some releases' names."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = arrays
        self._grams = GramIndex.of_arrays(arrays)
        self._owner, self._kind = arrays["owner"], arrays["kind"]
        self._published, self._order = arrays["published"], arrays["order"]
        self._years, self._side_works = arrays["years"], arrays["side_works"]
        self._keys, self._key_ends = arrays["keys"].tobytes(), arrays["key_ends"]
        self.release_ids = arrays["release_ids"].tobytes().decode().split("\n") if len(self._order) else []
        self._names = arrays["names"].tobytes().decode().split("\n")
        self._numbers = arrays["numbers"].tobytes().decode().split("\n")
        self.places = {release_id: place for place, release_id in enumerate(self.release_ids)}

    def __len__(self) -> int:
        return len(self.release_ids)

    @property
    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All there is to it, for storing."""
        return self._arrays

    @classmethod
    def build(cls, releases: Sequence[Named], readings: Readings) -> "NameSegment":
        """Index ``releases``, see :class:`NameSegmentBuilder`."""
        builder = NameSegmentBuilder(readings)
        builder.add_all(releases)
        return builder.built()

    def best(
        self, text: str, *, drafts: bool, without: frozenset[str], compared: int
    ) -> list[tuple[float, int, Match]]:
        """The matches of a query as typed: score, order among equals, match; unsorted, each release once.

        ``compared``: keys compared letter by letter.
        """
        if not len(self):
            return []
        folded = fold(text)[:QUERY_MAX]
        latin = romanised(folded)[:QUERY_MAX]
        scores: dict[int, float] = {}
        for query in dict.fromkeys((latin,) if folded.isascii() else (folded, latin)):
            if query:
                self._compare(query, scores, compared, exact_only=not folded.isascii() and query == latin)
        meant = qualified(latin)
        if meant is not None:
            places = self._grams.candidates(meant.name, compared)
            places = places[self._kind[places] != _INITIALS]
            self._score(meant.name, places, scores, ranking.least_alike(len(meant.name.replace(" ", ""))), meant)
        return self._found(scores, drafts=drafts, without=without)

    def _found(
        self, scores: Mapping[int, float], *, drafts: bool, without: frozenset[str]
    ) -> list[tuple[float, int, Match]]:
        found = []
        for place, score in scores.items():
            release_id = self.release_ids[place]
            if (drafts or self._published[place]) and release_id not in without:
                found.append((score, int(self._order[place]), Match(release_id, score, self._names[place])))
        return found

    def near(self, text: str, *, drafts: bool, without: frozenset[str]) -> list[tuple[float, int, Match]]:
        """What may be meant where :meth:`best` finds nothing: letter by letter against whole names and their beginnings."""
        folded = fold(text)[:QUERY_MAX]
        scores: dict[int, float] = {}
        for query in dict.fromkeys((folded, romanised(folded)[:QUERY_MAX])):
            letters = query.replace(" ", "")
            places = self._grams.candidates(query, CANDIDATES)
            places = places[self._kind[places] == _PLAIN]
            if len(letters) < ranking.SHORT or not len(places):
                continue
            nearness = ranking.nearness(letters, [self._key(place) for place in places])
            for at in np.flatnonzero(nearness >= ranking.least_near(len(letters))):
                owner = int(self._owner[places[at]])
                scores[owner] = max(scores.get(owner, 0.0), float(nearness[at]))
        return self._found(scores, drafts=drafts, without=without)

    def _compare(self, query: str, scores: dict[int, float], compared: int, *, exact_only: bool) -> None:
        letters = query.replace(" ", "")
        places = self._grams.candidates(query, compared)
        places = places[self._kind[places] != _BARE]
        best = self._score(query, places, scores, ranking.least_alike(len(letters)))
        if best < SATISFIED and not exact_only and " " not in query and len(letters) in ranking.CONTRACTION_LETTERS:
            # Long names share little of their length with a contraction of theirs: no loss by length here.
            places = self._grams.candidates(query, CONTRACTION_CANDIDATES, length_weight=0.05)
            for place in places:
                if self._kind[place] == _PLAIN and ranking.is_contraction(letters, self._key(place)):
                    owner = int(self._owner[place])
                    scores[owner] = max(scores.get(owner, 0.0), _CONTRACTED)

    def _score(
        self,
        query: str,
        places: NDArray[np.int64],
        scores: dict[int, float],
        least: float,
        meant: Qualified | None = None,
    ) -> float:
        if not len(places):
            return 0.0
        keys = [self._key(place) for place in places]
        likeness = ranking.likeness(query, keys)
        letters = query.replace(" ", "")
        for at in np.flatnonzero((likeness >= least) | (self._kind[places] == _INITIALS)):
            owner = int(self._owner[places[at]])
            if self._kind[places[at]] == _INITIALS:
                value = _ABBREVIATED if keys[at] == letters else 0.0
            else:
                main, everywhere = self._numbers[owner].split("\t")
                value = float(likeness[at]) - ranking.season_difference(query, main, everywhere)
                if meant is not None:
                    value -= meant.difference(int(self._years[owner]), int(self._side_works[owner]))
            if value >= least:
                scores[owner] = max(scores.get(owner, 0.0), value)
        return max(scores.values(), default=0.0)

    def _key(self, place: int) -> str:
        return self._keys[self._key_ends[place] : self._key_ends[place + 1]].decode("utf-8", "replace")


class NameSegmentBuilder:
    """Releases on their way into a segment.  Nothing of them is kept but texts and numbers: a catalogue of objects would be gone
    through by the collector of garbage over and over while it is read, and everybody waits for that."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings
        self._keys: list[str] = []
        self._key_owners: list[int] = []
        self._kinds: list[int] = []
        self._numbers: list[str] = []
        self._ids: list[str] = []
        self._names: list[str] = []
        self._columns: dict[str, list[int]] = {name: [] for name in ("published", "order", "years", "side_works")}

    def add_all(self, releases: Iterable[Named]) -> None:
        """Put ``releases`` behind the others; each once.  Takes about 0.3 ms of Python for each."""
        for release in releases:
            known = keys_of(release, self._readings)
            plain = [key for key, kind in known.items() if kind == _PLAIN]
            self._keys += known
            self._key_owners += [len(self._ids)] * len(known)
            self._kinds += known.values()
            all_numbers = " ".join(dict.fromkeys(ranking.numbers(" ".join(plain)).split()))
            name = release.names[0].text if release.names else ""
            self._numbers.append(f"{ranking.numbers(fold(name))}\t{all_numbers}")
            self._ids.append(release.id)
            self._names.append(name)
            values = (release.published, release.standing, release.year, release.side_work)
            for column, value in zip(self._columns.values(), values, strict=True):
                column.append(value)

    def built(self) -> NameSegment:
        """All of them as a segment; in numpy, mostly without the interpreter's lock."""
        encoded = [key.encode("utf-8", "replace") for key in self._keys]
        return NameSegment(
            GramIndex.build(self._keys).arrays()
            | {
                "owner": np.array(self._key_owners, dtype=np.int32),
                "kind": np.array(self._kinds, dtype=np.int8),
                "keys": np.frombuffer(b"".join(encoded), dtype=np.uint8),
                "key_ends": np.fromiter(accumulate((len(key) for key in encoded), initial=0), dtype=np.int64),
                "published": np.array(self._columns["published"], dtype=bool),
                "order": np.array(self._columns["order"], dtype=np.int64),
                "years": np.array(self._columns["years"], dtype=np.int16),
                "side_works": np.array(self._columns["side_works"], dtype=np.int8),
                "release_ids": _lines(self._ids),
                "names": _lines(self._names),
                "numbers": _lines(self._numbers),
            }
        )


class NameIndex:
    """All names: a large segment, a small one of what changed since, and what of the large one is past.  Immutable."""

    def __init__(
        self, base: NameSegment, recent: tuple[Named, ...] = (), past: frozenset[str] = frozenset(),
        *, readings: Readings, compared: int = CANDIDATES,
    ) -> None:  # fmt: skip
        self._base, self.recent, self._past, self._readings = base, recent, past, readings
        self._compared = compared
        self._newest = NameSegment.build(recent, readings)

    @property
    def base(self) -> NameSegment:
        """The large segment, for storing."""
        return self._base

    def __len__(self) -> int:
        gone = sum(release_id in self._base.places for release_id in self._past)
        return len(self._base) - gone + len(self._newest)

    def changed(self, releases: Iterable[Named], deleted: Iterable[str] = ()) -> "NameIndex":
        """This index with ``releases`` as they are now, new ones included, and without the ``deleted`` ones."""
        gone = frozenset(deleted)
        recent = {release.id: release for release in (*self.recent, *releases) if release.id not in gone}
        return NameIndex(
            self._base,
            tuple(recent.values()),
            self._past | gone | recent.keys(),
            readings=self._readings,
            compared=self._compared,
        )

    def search(self, text: str, *, drafts: bool = False) -> list[Match]:
        """What ``text`` may mean, best first; nothing where nothing is like it.  Takes 2 to 20 ms: not for the event loop."""
        found = self._as_typed(text, drafts=drafts)
        if not found or found[0].score < SATISFIED:
            turned = other_layout(text[: 2 * QUERY_MAX])
            meant = self._as_typed(turned, drafts=drafts) if turned else []
            sure = len(turned or "") >= ranking.SHORT and bool(meant) and meant[0].score >= SATISFIED
            if sure and (not found or meant[0].score * _OTHER_LAYOUT > found[0].score):
                found = meant
        return found

    def guesses(self, text: str, found: Sequence[Match], *, drafts: bool = False) -> list[Match]:
        """What may be meant by ``text``, for which :meth:`search` ``found`` this: the likeliest, at most ``GUESSES_MAX``.

        Nothing where the search is sure, and where nothing is near.
        """
        if found and found[0].score >= SATISFIED:
            return []
        near = list(found)
        if not near:
            scored = self._base.near(text, drafts=drafts, without=self._past)
            scored += self._newest.near(text, drafts=drafts, without=frozenset())
            near = [match for _, _, match in sorted(scored, key=lambda one: (-one[0], one[1]))]
        return [match for match in near[:GUESSES_MAX] if match.score >= near[0].score - _AS_NEAR]

    def _as_typed(self, text: str, *, drafts: bool) -> list[Match]:
        matches = self._base.best(text, drafts=drafts, without=self._past, compared=self._compared)
        matches += self._newest.best(text, drafts=drafts, without=frozenset(), compared=self._compared)
        matches.sort(key=lambda found: (-round(found[0] / _ALIKE), found[1]))
        return [match for _, _, match in matches[:MATCHES_MAX]]


def keys_of(release: Named, readings: Readings) -> dict[str, int]:
    """What a release is found by → whether it is a spelling of a name or its initials."""
    keys: dict[str, int] = {}
    for name in release.names:
        folded = fold(name.text)
        if not folded.isascii():
            keys.setdefault(folded, _PLAIN)
        spoken = (
            [romanised(fold(reading)) for reading in readings(name.text)] if _japanese(name.language, folded) else []
        )
        for key in spoken or [romanised(folded)]:
            keys.setdefault(key, _PLAIN)
            bare = qualified(key)
            if bare is not None:
                keys.setdefault(bare.name, _BARE)
            short = ranking.initials(key)
            if short is not None and folded.isascii() | bool(spoken):
                keys.setdefault(short, _INITIALS)
    keys.pop("", None)
    return keys


def _japanese(language: str, folded: str) -> bool:
    """Whether it may be read as Japanese: a name in Han alone says nothing of itself."""
    if language:
        return language.partition("-")[0] == "ja" and not folded.isascii()
    return any("\u3041" <= letter <= "\u30fa" or "\u4e00" <= letter <= "\u9fff" for letter in folded)


def _lines(texts: Iterable[str]) -> NDArray[np.uint8]:
    joined = "\n".join(text.replace("\n", " ") for text in texts)
    return np.frombuffer(joined.encode("utf-8", "replace"), dtype=np.uint8)
