"""Which of our releases does a file mean?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from accounts.library.transfer.document import Work
from kernel.text.titles import title_key

MAX_CANDIDATES: Final = 5
"""Shown of an ambiguous title; remakes of remakes are fewer."""

How = Literal["id", "external", "title"]
State = Literal["matched", "ambiguous", "unmatched"]

Keys = Mapping[str, Sequence[Work]]
"""Whatever recognises a work → our works that have it."""


@dataclass(frozen=True, slots=True)
class Match:
    """What was found; ``release_ids`` holds the one of a match, or those to choose from."""

    state: State
    how: How | None = None
    release_ids: tuple[str, ...] = ()


NO_MATCH: Final = Match("unmatched")


def title_keys(work: Work) -> set[str]:
    """All titles of ``work`` as they are compared (:func:`kernel.text.titles.title_key`)."""
    return {key for title in work.titles if (key := title_key(title))}


def external_keys(work: Work) -> Iterator[tuple[str, str]]:
    """Identifiers to look for: (catalogue, identifier). Shikimori takes its numbers from MyAnimeList, so each stands for both."""
    for catalogue, number in work.external.items():
        yield catalogue, number
        if catalogue == "mal":
            yield "shikimori", number
        elif catalogue == "shikimori" and number.isdigit():
            yield "mal", number


def decide(
    work: Work, known: Mapping[str, Work], external: Mapping[tuple[str, str], Sequence[Work]], titles: Keys
) -> Match:
    """First by our own number, then by other catalogues', then by name together with kind and year."""
    if work.release_id is not None and work.release_id in known:
        return Match("matched", "id", (work.release_id,))
    # The catalogue that was named itself counts before the one derived from it.
    for key in external_keys(work):
        if found := _ids(external.get(key, ())):
            return Match("matched" if len(found) == 1 else "ambiguous", "external", found[:MAX_CANDIDATES])
    named = list({w.release_id: w for key in sorted(title_keys(work)) for w in titles.get(key, ())}.values())
    if not named:
        return NO_MATCH
    fitting = [candidate for candidate in named if _fits(work, candidate)]
    if len(fitting) == 1:
        return Match("matched", "title", _ids(fitting))
    # The same name, but of another year or kind: a remake, or a mistake in either catalogue. A person knows.
    return Match("ambiguous", "title", _ids(fitting or named)[:MAX_CANDIDATES])


def _fits(work: Work, candidate: Work) -> bool:
    if work.kind is not None and candidate.kind is not None and work.kind != candidate.kind:
        return False
    return work.year is None or candidate.year is None or work.year == candidate.year


def _ids(works: Iterable[Work]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(work.release_id for work in works if work.release_id is not None))
