"""When each episode of one broadcast airs: its recurrence, numbered, with what differs from it.

A slot airs some episodes each time.  A break skips times, and what would have aired comes the next time; a cancelled episode
leaves a hole; a moved one airs at another moment, or nobody knows when; and at one time there may be more episodes than at
others (a premiere of three), after which the rest follows on.  Everything is arithmetic on indices, however long ago it began.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from catalog.schedule.days import broadcast_day, starts_at
from catalog.schedule.recurrence import EXPANSION_MAX, LATEST, Recurrence

EPOCH: Final = date(1970, 1, 1)


class AiringState(StrEnum):
    """What is known of an airing."""

    PLANNED = "planned"
    MOVED = "moved"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    ESTIMATED = "estimated"


class OverrideKind(StrEnum):
    """How an episode differs from the recurrence."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One episode that airs otherwise; ``site`` is the broadcast it is about, ``None`` for all of them."""

    kind: OverrideKind
    ordinal: float
    site: str | None = None
    airs_at: datetime | None = None
    """Of a moved one; ``None``: nobody knows when."""
    count: int = 1
    """Of :attr:`OverrideKind.TOGETHER`: so many episodes air at the time this one does, it among them."""


@dataclass(frozen=True, slots=True)
class Break:
    """Broadcast days, the last included, on which nothing of a release airs."""

    first: date
    last: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One broadcast of a release: its own (``site`` empty), or that of a site."""

    site: str
    recurrence: str
    regions: tuple[str, ...] = ()
    """ISO 3166-1 codes of where it can be seen; empty: nobody said."""
    address: str = ""
    first_ordinal: float = 1
    episodes: int | None = None
    """How many it has in all; ``None``: as many as the release."""
    together: int = 1
    """Episodes each time."""
    duration_min: int | None = None


@dataclass(frozen=True, slots=True)
class Airing:
    """An episode at a moment; ``planned_at`` is when the recurrence has it, ``None`` for one beside it."""

    ordinal: float
    airs_at: datetime
    state: AiringState
    planned_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayBounds:
    """On which days since the epoch a slot can air at all, for a database to look up.

    Where ``last_day`` is ``None`` that is ``first_day + slack_days`` and ``step_days`` for every episode of the release.
    """

    first_day: int
    last_day: int | None
    step_days: int
    slack_days: int


class Timetable:
    """A slot worked out.  ``limit``: episodes it has when it does not say so itself, ``None`` for no end."""

    def __init__(
        self,
        slot: Slot,
        zone: tzinfo,
        *,
        breaks: Sequence[Break] = (),
        overrides: Sequence[Override] = (),
        limit: int | None = None,
    ) -> None:
        self.slot, self.zone = slot, zone
        self.recurrence = Recurrence.parse(slot.recurrence, zone)
        self._limit = slot.episodes if slot.episodes is not None else limit
        mine = [override for override in overrides if override.site is None or override.site == slot.site]
        self._moved = {o.ordinal: o for o in mine if o.kind is not OverrideKind.TOGETHER}
        self._skipped = self._skips(breaks)
        self._stretches = self._numbering([o for o in mine if o.kind is OverrideKind.TOGETHER])

    def between(self, since: datetime, until: datetime, *, limit: int = EXPANSION_MAX) -> list[Airing]:
        """What airs, or was to air and does not, from ``since`` to before ``until``, by moment; at most ``limit``."""
        found: list[Airing] = []
        for index, moment in self.recurrence.between(since, until):
            if self._is_skipped(index):
                continue
            if len(found) >= limit or not self._exists(self._stretch(index)[0]):
                break
            for ordinal in self._episodes_at(index):
                override = self._moved.get(ordinal)
                if override is None:
                    found.append(Airing(ordinal, moment, AiringState.PLANNED, moment))
                elif override.kind is OverrideKind.CANCELLED:
                    found.append(Airing(ordinal, moment, AiringState.CANCELLED, moment))
                elif override.airs_at is None:
                    found.append(Airing(ordinal, moment, AiringState.POSTPONED, moment))
        for ordinal, override in self._moved.items():
            if override.airs_at is not None and since <= override.airs_at < until:
                found.append(Airing(ordinal, override.airs_at, AiringState.MOVED, self.planned(ordinal)))
        return sorted(found, key=lambda airing: (airing.airs_at, airing.ordinal))[:limit]

    def planned(self, ordinal: float) -> datetime | None:
        """When the recurrence has an episode; ``None`` for one it does not have."""
        if not self._exists(ordinal) or (ordinal - self.slot.first_ordinal) % 1:
            return None
        row = self._stretches[bisect_right(self._stretches, ordinal, key=lambda stretch: stretch[1]) - 1]
        aired_before, first, each = row
        index = aired_before + int(ordinal - first) // each
        for start, stop in self._skipped:
            if start > index:
                break
            index += stop - start
        return self.recurrence.at(index)

    def bounds(self) -> DayBounds:
        """See :class:`DayBounds`; a day more on each side, for no zone is further away."""
        moved = [_day(override.airs_at) for override in self._moved.values() if override.airs_at is not None]
        first = _day(self.recurrence.start.astimezone(UTC))
        step = self.recurrence.period.days_at_most
        slack = sum(stop - start for start, stop in self._skipped) * self.recurrence.period.days_at_most
        slack = min(slack, _day(LATEST)) + max(0, *(day - first for day in moved), 0) + 1
        last: int | None = None
        if self.recurrence.count is not None or self.slot.episodes is not None:
            last = max([first, *moved])
            if (end := self._last_planned()) is not None:
                last = max(last, _day(end))
            last += 1
        return DayBounds(min([first, *moved]) - 1, last, step, slack)

    def _last_planned(self) -> datetime | None:
        if self.recurrence.count is not None:
            by_count = self.recurrence.at(self.recurrence.count - 1)
            if self.slot.episodes is None:
                return by_count
        assert self.slot.episodes is not None
        by_number = self.planned(self.slot.first_ordinal + self.slot.episodes - 1)
        return by_number or (by_count if self.recurrence.count is not None else LATEST - timedelta(days=1))

    def _exists(self, ordinal: float) -> bool:
        first = self.slot.first_ordinal
        return first <= ordinal and (self._limit is None or ordinal < first + self._limit)

    def _episodes_at(self, index: int) -> Iterator[float]:
        first, each = self._stretch(index)
        for ordinal in (first + n for n in range(each)):
            if self._exists(ordinal):
                yield ordinal

    def _stretch(self, index: int) -> tuple[float, int]:
        """The first episode at an occurrence, and how many there are."""
        aired = index - self._skipped_before(index)
        row = self._stretches[bisect_right(self._stretches, aired, key=lambda stretch: stretch[0]) - 1]
        start, first, each = row
        return first + (aired - start) * each, each

    def _numbering(self, together: Sequence[Override]) -> list[tuple[int, float, int]]:
        """From the so-and-so-many-th time that something airs: first episode, and how many each time."""
        usual = self.slot.together
        rows = [(0, self.slot.first_ordinal, usual)]
        for override in sorted(together, key=lambda override: override.ordinal):
            start, first, each = rows[-1]
            if override.ordinal < first:
                continue
            times = int(override.ordinal - first) // each
            at = start + times, first + times * each
            if times == 0:
                rows.pop()
            rows.append((*at, override.count))
            rows.append((at[0] + 1, at[1] + override.count, usual))
        return rows

    def _skips(self, breaks: Sequence[Break]) -> list[tuple[int, int]]:
        """Occurrences that fall into breaks, as ranges of indices in order."""
        if self.recurrence.once:
            return []
        ranges: list[tuple[int, int]] = []
        for pause in sorted(breaks, key=lambda pause: pause.first):
            start = self.recurrence.index_from(starts_at(pause.first, self.zone))
            stop = self.recurrence.index_from(starts_at(pause.last + timedelta(days=2), self.zone))
            # A night's broadcast belongs to the day before: at most the first and the last two differ.
            while start < stop and self._day_of(start) < pause.first:
                start += 1
            while start < stop and self._day_of(stop - 1) > pause.last:
                stop -= 1
            if ranges and start < ranges[-1][1]:
                start = ranges[-1][1]
            if start < stop:
                ranges.append((start, stop))
        return ranges

    def _day_of(self, index: int) -> date:
        moment = self.recurrence.at(index)
        return date.max if moment is None else broadcast_day(moment, self.zone)

    def _is_skipped(self, index: int) -> bool:
        return any(start <= index < stop for start, stop in self._skipped)

    def _skipped_before(self, index: int) -> int:
        return sum(min(stop, index) - start for start, stop in self._skipped if start < index)


def limit_of(slot: Slot, *, episodes_total: int | None, is_ongoing: bool) -> int | None:
    """How many episodes a slot has that does not say so: those of the release from its first on, without an end while one is
    running that nobody knows the end of, and else the one that is certain.
    """
    if episodes_total is not None:
        return max(slot.together, math.ceil(episodes_total - slot.first_ordinal + 1))
    return None if is_ongoing else slot.together


def _day(moment: datetime) -> int:
    return (moment.date() - EPOCH).days
