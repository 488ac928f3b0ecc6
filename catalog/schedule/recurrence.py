"""Repeating intervals of ISO 8601-1:2019 §5.6.6 as schedules use them: ``R/2016-01-08T15:00:00.000Z/P7D``.

``R5/…`` has five occurrences, ``R/…`` has no end, and a period of nothing (``P0D``) happens once.  Periods count on the wall
clock of the start: ``Z`` and offsets are clocks without summer time, a start without either is local time of the broadcaster's
zone, and there hours may go up to 30 (``25:15`` is a quarter past one in the next morning).
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from catalog.schedule.days import CLOCK_HOURS_MAX
from kernel.errors import Invalid

EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""Nothing occurs from here on: a bound for recurrences without an end."""
PERIOD_MAX_DAYS: Final = 3_660
EXPANSION_MAX: Final = 1_000
"""Occurrences at once: a daily programme for over two years."""
TEXT_MAX: Final = 80

_SHAPE: Final = re.compile(
    r"R(\d{0,4})/"
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?/"
    r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?",
    re.ASCII,
)
"""Every part has a fixed place and a bounded length: the time it takes grows with the text alone."""


class BadRecurrence(Invalid):
    """This is not a recurrence such as "R/2016-01-08T15:00:00Z/P7D": {reason}."""


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar months and days; both zero: once."""

    months: int = 0
    days: int = 0

    @property
    def days_at_most(self) -> int:
        """Rounded up."""
        return self.months * 31 + self.days

    def __str__(self) -> str:
        months = f"{self.months}M" if self.months else ""
        return f"P{months}{self.days}D" if self.days or not months else f"P{months}"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A start (aware, on the clock its period counts by), a period, and how many times; ``None`` for no end."""

    start: datetime
    period: Period
    count: int | None = None

    @classmethod
    def parse(cls, text: str, zone: tzinfo) -> "Recurrence":
        """``text``, with starts that name no clock in ``zone``.  Raises :class:`BadRecurrence`."""
        found = _SHAPE.fullmatch(text.strip()) if len(text) <= TEXT_MAX else None
        if found is None:
            raise BadRecurrence(reason="it has another form")
        times, year, month, day, hour, minute, second, fraction, clock = found.groups()[:9]
        period = _period(*found.groups()[9:])
        count = int(times) if times else None
        if count == 0:
            raise BadRecurrence(reason="it occurs no times")
        if not (period.months or period.days):
            count = 1
        if period.days_at_most > PERIOD_MAX_DAYS:
            raise BadRecurrence(reason="its period is over ten years")
        local = clock is None
        hours = int(hour)
        if (
            hours > (CLOCK_HOURS_MAX if local else 23)
            or int(minute) > 59
            or int(second or 0) > 59
            or (hours == CLOCK_HOURS_MAX and int(minute))
        ):
            raise BadRecurrence(reason="there is no such time")
        try:
            midnight = datetime(int(year), int(month), int(day), tzinfo=zone if local else _fixed(clock))
            start = midnight.replace(microsecond=int((fraction or "0").ljust(6, "0")[:6]))
            start += timedelta(hours=hours, minutes=int(minute), seconds=int(second or 0))
            outside = not EARLIEST <= start < LATEST
        except (ValueError, OverflowError):
            raise BadRecurrence(reason="there is no such day") from None
        if outside:
            raise BadRecurrence(reason="it starts before 1900 or after 2200")
        return cls(start, period, count)

    def __str__(self) -> str:
        offset = self.start.tzinfo
        clock = ""
        if isinstance(offset, timezone):
            clock = "Z" if not offset.utcoffset(None) else f"{self.start:%z}"
        times = "" if self.once or self.count is None else self.count
        return f"R{times}/{self.start:%Y-%m-%dT%H:%M:%S}.{self.start.microsecond // 1000:03}{clock}/{self.period}"

    @property
    def once(self) -> bool:
        """Whether there is one occurrence and no period to the next."""
        return not (self.period.months or self.period.days)

    def at(self, index: int) -> datetime | None:
        """Occurrence ``index``, from 0, in UTC; ``None`` beyond the last."""
        if index < 0 or (self.count is not None and index >= self.count):
            return None
        wall = self._wall(index)
        if wall is None:
            return None
        moment = wall.astimezone(UTC)
        return moment if moment < LATEST else None

    def index_from(self, moment: datetime) -> int:
        """The first occurrence at ``moment`` or later, had it no end."""
        if self.once:
            return 0 if moment <= self.start else 1
        if moment <= self.start.astimezone(UTC):
            return 0
        wall = moment.astimezone(self.start.tzinfo)
        if self.period.months:
            months = (wall.year - self.start.year) * 12 + wall.month - self.start.month
            # Days in a mixed period come to the months: they make it at most this much slower.
            index = int(months / (self.period.months + self.period.days / 28)) - 2
        else:
            index = (wall.replace(tzinfo=None) - self.start.replace(tzinfo=None)).days // self.period.days - 1
        index = max(0, index)
        while (wall_at := self._wall(index)) is not None and wall_at.astimezone(UTC) < moment:
            index += 1
        return index

    def between(
        self, since: datetime, until: datetime, *, limit: int = EXPANSION_MAX
    ) -> Iterator[tuple[int, datetime]]:
        """Index and instant of occurrences from ``since`` to before ``until``, at most ``limit`` of them."""
        first = self.index_from(since)
        for index in range(first, first + limit):
            moment = self.at(index)
            if moment is None or moment >= until:
                return
            yield index, moment

    def first(self, count: int) -> "Recurrence":
        """The same with ``count`` occurrences, if it has not fewer."""
        return replace(self, count=count if self.count is None else min(count, self.count))

    def _wall(self, index: int) -> datetime | None:
        try:
            wall = self.start
            if months := self.period.months * index:
                years, month = divmod(wall.month - 1 + months, 12)
                year = wall.year + years
                # The 31st of a month without one is its last day, and the month after that the 31st again.
                wall = wall.replace(year=year, month=month + 1, day=min(wall.day, monthrange(year, month + 1)[1]))
            return wall + timedelta(days=self.period.days * index)
        except (ValueError, OverflowError):
            return None


def _period(years: str | None, months: str | None, weeks: str | None, days: str | None) -> Period:
    if years is months is weeks is days is None:
        raise BadRecurrence(reason="it has no period")
    return Period(int(years or 0) * 12 + int(months or 0), int(weeks or 0) * 7 + int(days or 0))


def _fixed(clock: str) -> timezone:
    if clock == "Z":
        return UTC
    hours, minutes = int(clock[1:3]), int(clock[3:].lstrip(":") or 0)
    if hours > 14 or minutes > 59:
        raise BadRecurrence(reason="there is no such offset")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(offset if clock[0] == "+" else -offset)
