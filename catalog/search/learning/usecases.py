"""Counting what people choose, and deciding what they call it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from catalog.releases.model import Release, ReleaseNotFound
from catalog.releases.names import NAME_MAX, OTHER_NAMES_MAX, OtherName
from catalog.releases.usecases import Releases
from catalog.search.learning.model import (
    CANDIDATES_MAX,
    CHOICES_MAX,
    TEXT_MAX,
    WINDOW,
    AliasCandidate,
    AliasCandidateNotFound,
    CandidateId,
    CandidateState,
    Choice,
    Count,
    NamesFull,
    Voices,
    is_candidate,
    learnable,
)
from catalog.search.listing import query_text
from catalog.search.names import SATISFIED
from kernel.ids import new_id


class AliasCandidates(Protocol):
    """Choices that are counted, and what they came to."""

    async def choices(self) -> int:
        """How many are kept."""
        ...

    async def open(self) -> int:
        """How many candidates wait."""
        ...

    async def keep(self, choice: Choice) -> None:
        """Twice by one voice is once, the later time."""
        ...

    async def counts(self, key: str, since: datetime) -> Mapping[str, Count]:
        """Release → who chose it after searching for ``key`` since then."""
        ...

    async def text(self, key: str, release_id: str) -> str | None:
        """How most wrote it."""
        ...

    async def asked(self, key: str) -> Mapping[str, tuple[CandidateState, int]]:
        """Release → what became of its candidate of this key, and its voices."""
        ...

    async def propose(self, candidate: AliasCandidate) -> None:
        """Ask about it, unless somebody does already, and forget who chose it."""
        ...

    async def forget_before(self, moment: datetime) -> None:
        """Forget older choices."""
        ...

    async def locked(self, candidate_id: str) -> AliasCandidate | None:
        """Nobody else's to change until the end of the transaction."""
        ...

    async def page(self, state: CandidateState, *, offset: int, limit: int) -> tuple[list[AliasCandidate], int]:
        """Open ones: most voices first; decided ones: the newest decision first.  And how many there are."""
        ...

    async def current(self, release_id: str) -> str:
        """The release that this one is part of by now, or itself."""
        ...


class NameScores(Protocol):
    """How well a release's names are found."""

    async def score(self, text: str, release_id: str) -> float | None:
        """From 0 (not found) to 1; ``None`` while the names are not read yet."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseContext:
    """What counting works with, in one transaction."""

    candidates: AliasCandidates
    voices: Voices
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Chooser:
    """Who chose."""

    user_id: str | None
    network: str
    """Where they come from; a loopback address says nothing, and is empty."""


@dataclass(frozen=True, slots=True)
class Searched:
    """A text that does not name a release well."""

    key: str
    text: str


async def unnamed(scores: NameScores, text: str, release_id: str) -> Searched | None:
    """What to count of a search for ``text`` and the choice of a release; ``None``: its names say it well enough."""
    words = query_text.parse(query_text.finished(text)).text
    key = learnable(words)
    if key is None:
        return None
    score = await scores.score(words, release_id)
    return None if score is None or score >= SATISFIED else Searched(key, " ".join(words.split())[:TEXT_MAX])


async def choose(context: ChooseContext, searched: Searched, release_id: str, who: Chooser) -> None:
    """Count a choice of a release that ``who`` can see, and ask moderators when enough people chose the same."""
    store, key = context.candidates, searched.key
    asked = await store.asked(key)
    if release_id in asked or await store.choices() >= CHOICES_MAX:
        return
    person = who.user_id or who.network
    await store.keep(
        Choice(
            key=key,
            release_id=release_id,
            voice=context.voices.of(key, release_id, person),
            network=context.voices.of(key, release_id, who.network or f"behind a proxy {person}"),
            signed_in=who.user_id is not None,
            text=searched.text,
            at=context.now,
        )
    )
    counts = await store.counts(key, context.now - WINDOW)
    before = {one: voices for one, (state, voices) in asked.items() if state is not CandidateState.REJECTED}
    if not is_candidate(release_id, counts, before) or await store.open() >= CANDIDATES_MAX:
        return
    await store.propose(
        AliasCandidate(
            id=CandidateId(new_id()),
            key=key,
            text=await store.text(key, release_id) or searched.text,
            release_id=release_id,
            voices=counts[release_id].voices,
            created_at=context.now,
        )
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate and the release it is about; ``None`` where that is deleted."""

    candidate: AliasCandidate
    release: Release | None


async def page(
    candidates: AliasCandidates, releases: Releases, state: CandidateState, *, offset: int, limit: int
) -> tuple[Sequence[Shown], int]:
    """Candidates as moderators see them, and how many there are."""
    found, total = await candidates.page(state, offset=offset, limit=limit)
    there = {str(one.id): one for one in await releases.many(sorted({one.release_id for one in found}))}
    return [Shown(one, there.get(one.release_id)) for one in found], total


async def accept(
    candidates: AliasCandidates, releases: Releases, candidate_id: str, text: str | None, *, by: str, now: datetime
) -> Shown:
    """Make it a name of its release, in another spelling where ``text`` gives one.

    Raises :class:`AliasCandidateNotFound`, :class:`AliasCandidateDecided`, :class:`ReleaseNotFound`, :class:`NamesFull`.
    """
    candidate = await _locked(candidates, candidate_id)
    release = await releases.locked(await candidates.current(candidate.release_id))
    if release is None:
        raise ReleaseNotFound
    name = (text or candidate.text)[:NAME_MAX]
    candidate.decide(CandidateState.ACCEPTED, name, by, now)
    known = {one.text.casefold() for one in release.names}
    known |= {one.casefold() for one in (release.name.main, release.name.english, release.name.alternative) if one}
    if name.casefold() not in known:
        if len(release.names) >= OTHER_NAMES_MAX:
            raise NamesFull
        draft = replace(release.draft(), other_names=(*release.names, OtherName(name)))
        release.edit(draft, list(release.genres), now)
    return Shown(candidate, release)


async def reject(
    candidates: AliasCandidates, releases: Releases, candidate_id: str, *, by: str, now: datetime
) -> Shown:
    """Never ask again.  Raises :class:`AliasCandidateNotFound`, :class:`AliasCandidateDecided`."""
    candidate = await _locked(candidates, candidate_id)
    candidate.decide(CandidateState.REJECTED, candidate.text, by, now)
    return Shown(candidate, await releases.get(candidate.release_id))


async def _locked(candidates: AliasCandidates, candidate_id: str) -> AliasCandidate:
    found = await candidates.locked(candidate_id)
    if found is None:
        raise AliasCandidateNotFound
    return found
