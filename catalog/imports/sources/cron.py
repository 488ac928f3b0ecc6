"""Timetables in five fields, as crontab(5) has them: minute, hour, day of month, month, day of week.

Where the clocks go forward, what falls into the hour that is left out is due right after it; where they go back, what falls
into the hour that comes twice is due once, the first time (as Debian's cron does for entries at a fixed hour).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from kernel.errors import Invalid

_FIELDS: Final = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART: Final = re.compile(r"(\*|([0-9a-z]{1,3})(?:-([0-9a-z]{1,3}))?)(?:/([0-9]{1,2}))?", re.ASCII)
_SHORT: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
}
TEXT_MAX: Final = 100
_DAYS_AHEAD: Final = 366 * 8 + 2
"""29 February comes after eight years at most (1896, 1904); what has no day until then has none at all (30 February)."""


class BadCron(Invalid):
    """This is no timetable ("minute hour day month weekday", such as "30 4 * * *"): {why}."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A timetable."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Sunday."""
    any_day: bool
    any_weekday: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises :class:`BadCron`, also for a timetable on which nothing is ever due."""
        if len(text) > TEXT_MAX:
            raise BadCron(why="it is too long")
        plain = " ".join(text.lower().split())
        parts = _SHORT.get(plain, plain).split(" ")
        if len(parts) != len(_FIELDS):
            raise BadCron(why=f"it has {len(parts)} fields")
        sets = [_field(part, *limits) for part, limits in zip(parts, _FIELDS, strict=True)]
        weekdays = frozenset(day % 7 for day in sets[4])
        made = cls(sets[0], sets[1], sets[2], sets[3], weekdays, parts[2].startswith("*"), parts[4].startswith("*"))
        if made.next_after(datetime(2000, 1, 1, tzinfo=UTC), ZoneInfo("UTC")) is None:
            raise BadCron(why="there is no such day")
        return made

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The next time that something is due after ``moment`` by the clocks of ``zone``, in UTC."""
        local = moment.astimezone(zone)
        day = local.date()
        for ahead in range(_DAYS_AHEAD):
            date = day + timedelta(days=ahead)
            if not self._on(date.month, date.day, date.isoweekday() % 7):
                continue
            due = []
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    at = datetime(date.year, date.month, date.day, hour, minute, tzinfo=zone).astimezone(UTC)
                    shown = at.astimezone(zone)
                    if (shown.hour, shown.minute) != (hour, minute):
                        at = _after_gap(at, zone)
                    if at > moment:
                        due.append(at)
            if due:
                return min(due)
        return None

    def _on(self, month: int, day: int, weekday: int) -> bool:
        if month not in self.months:
            return False
        by_day, by_weekday = day in self.days, weekday in self.weekdays
        if self.any_day or self.any_weekday:
            return by_day and by_weekday
        return by_day or by_weekday  # crontab(5): where both are given, either will do


def _after_gap(at: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after the clocks went forward over ``at``: where the offset changes, to the minute."""
    low, high = at - timedelta(hours=3), at + timedelta(hours=3)
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return (high - timedelta(seconds=high.second, microseconds=high.microsecond)).astimezone(UTC)


def _field(text: str, name: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise BadCron(why=f"{part!r} is no {name}")
        step = int(match[4] or 1)
        if step == 0:
            raise BadCron(why=f"a step of 0 in {name}")
        if match[1] == "*":
            first, last = low, 6 if name == "weekday" else high
        else:
            first = _number(match[2], name, low, high)
            last = _number(match[3], name, low, high) if match[3] else high if match[4] else first
        if first > last:
            raise BadCron(why=f"{part!r} runs backwards")
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _number(text: str, name: str, low: int, high: int) -> int:
    names = {"month": _MONTHS, "weekday": _DAYS}.get(name, ())
    if text in names:
        return names.index(text) + low
    if not text.isdigit() or not low <= int(text) <= high:
        raise BadCron(why=f"{text!r} is no {name}")
    return int(text)
