"""Whether a record and a release are one work.

Wrong matches are what people complain of most about importers, so nothing is taken because it was found first: identifiers
decide, where there are any; else title *and* year *and* kind *and* number of episodes *and* the number of the season; and
where that leaves a doubt, a person decides.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from catalog.imports.matching.season_numbers import season_and_part
from catalog.imports.records.model import SourceRecord
from catalog.releases.external_ids import SERIES_WIDE
from catalog.releases.model import ReleaseType
from kernel.text.titles import stored_key

YEARS_APART: Final = 1
"""Catalogues differ on what began around New Year, and on first showings abroad."""
_ALIKE: Final = (
    frozenset({ReleaseType.TV, ReleaseType.ONA, ReleaseType.WEB}),
    frozenset({ReleaseType.OVA, ReleaseType.OAD, ReleaseType.SPECIAL}),
)
"""Kinds that catalogues mix up: the same title of another kind among these is a doubt, of any other another work."""


BY_TITLE: Final = "title"
"""What says so, where no identifier does."""


class Doubt(StrEnum):
    """Why a person has to decide."""

    SEVERAL_IDS = "several-ids"
    """Identifiers of several releases."""
    IDS_CONTRADICT = "ids-contradict"
    """One identifier agrees, another does not."""
    IDS_BUT_ELSE_NOT = "ids-but-else-not"
    """The identifiers agree; year, kind or season do not."""
    SEVERAL_TITLES = "several-titles"
    """Several releases agree in everything."""
    ALMOST = "almost"
    """The title agrees, and something else is not known or a little different."""
    SERIES_ID = "series-id"
    """Of the same series by an identifier for all its seasons, and alike in all but the title."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A release that a record may be about."""

    release_id: str
    title: str
    names: tuple[str, ...]
    type: ReleaseType
    year: int | None
    episodes_total: int | None
    is_ongoing: bool
    external_ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """It is this release, and what says so."""

    release_id: str
    by: str


@dataclass(frozen=True, slots=True)
class NoMatch:
    """It is none of ours."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may be one of these releases."""

    doubt: Doubt
    release_ids: tuple[str, ...]


Verdict = Match | NoMatch | Ambiguous


def keys_of(names: Iterable[str]) -> frozenset[str]:
    """What whole titles are compared by."""
    return frozenset(key for name in names if (key := stored_key(name)))


def judged(record: SourceRecord, candidates: Sequence[Candidate]) -> Verdict:
    """What ``record`` is, among ``candidates``: all releases that share an identifier or a title with it."""
    names = [name.text for name in record.all_names]
    season = season_and_part(names)
    by_id = [each for each in candidates if _agreeing(record, each)]
    if by_id:
        return _by_ids(record, by_id, season)
    keys = keys_of(names)
    possible = [each for each in candidates if not _contradicting(record, each)]
    titled = [each for each in possible if keys & keys_of(each.names) and season_and_part(each.names) == season]
    whole = [each for each in titled if _alike(record, each)]
    if len(whole) == 1:
        return Match(whole[0].release_id, BY_TITLE)
    if whole:
        return _ambiguous(Doubt.SEVERAL_TITLES, whole)
    almost = [each for each in titled if _almost(record, each)]
    if almost:
        return _ambiguous(Doubt.ALMOST, almost)
    series = [
        each
        for each in possible
        if _same_series(record, each) and _alike(record, each) and season_and_part(each.names) == season
    ]
    return _ambiguous(Doubt.SERIES_ID, series) if series else NoMatch()


def unless_apart(verdict: Verdict, candidates: Sequence[Candidate], apart: Collection[frozenset[str]]) -> Verdict:
    """``verdict``, unless the title alone says it, and another candidate was told ``apart`` from that release by somebody."""
    if not isinstance(verdict, Match) or verdict.by != BY_TITLE:
        return verdict
    pair = [one for one in candidates if frozenset((one.release_id, verdict.release_id)) in apart]
    chosen = [one for one in candidates if one.release_id == verdict.release_id]
    return _ambiguous(Doubt.SEVERAL_TITLES, [*chosen, *pair]) if pair else verdict


def _by_ids(record: SourceRecord, found: Sequence[Candidate], season: tuple[int, int]) -> Verdict:
    if len(found) > 1:
        return _ambiguous(Doubt.SEVERAL_IDS, found)
    one = found[0]
    if _contradicting(record, one):
        return _ambiguous(Doubt.IDS_CONTRADICT, found)
    kinds = one.type == record.type or any({one.type, record.type} <= alike for alike in _ALIKE)
    if not kinds or _years_apart(record, one) > YEARS_APART or season_and_part(one.names) != season:
        return _ambiguous(Doubt.IDS_BUT_ELSE_NOT, found)
    agreeing = ", ".join(sorted(_agreeing(record, one)))
    return Match(one.release_id, agreeing)


def _ambiguous(doubt: Doubt, found: Sequence[Candidate]) -> Ambiguous:
    return Ambiguous(doubt, tuple(each.release_id for each in found))


def _agreeing(record: SourceRecord, one: Candidate) -> set[str]:
    return {
        catalogue
        for catalogue, number in record.external_ids.items()
        if catalogue not in SERIES_WIDE and one.external_ids.get(catalogue) == number
    }


def _contradicting(record: SourceRecord, one: Candidate) -> bool:
    return any(
        catalogue not in SERIES_WIDE and one.external_ids.get(catalogue, number) != number
        for catalogue, number in record.external_ids.items()
    )


def _same_series(record: SourceRecord, one: Candidate) -> bool:
    return any(
        catalogue in SERIES_WIDE and one.external_ids.get(catalogue) == number
        for catalogue, number in record.external_ids.items()
    )


def _years_apart(record: SourceRecord, one: Candidate) -> int:
    return 0 if record.year is None or one.year is None else abs(record.year - one.year)


def _episodes_differ(record: SourceRecord, one: Candidate) -> bool:
    if record.is_ongoing or one.is_ongoing:
        return False  # more of them are still to come
    return None not in (record.episodes_total, one.episodes_total) and record.episodes_total != one.episodes_total


def _alike(record: SourceRecord, one: Candidate) -> bool:
    return (
        record.year is not None
        and one.year is not None
        and _years_apart(record, one) <= YEARS_APART
        and one.type == record.type
        and not _episodes_differ(record, one)
    )


def _almost(record: SourceRecord, one: Candidate) -> bool:
    kinds = one.type == record.type or any({one.type, record.type} <= alike for alike in _ALIKE)
    return kinds and _years_apart(record, one) <= YEARS_APART
