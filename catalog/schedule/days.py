"""Which day a moment is on: that of whoever watches, or that of the broadcaster, whose day ends when people sleep.

Japanese listings count the hours of a late night on (``25:15`` on 3 July is 01:15 on the 4th), so that what is on in the
night stands under the evening it follows.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kernel.errors import Invalid

BROADCAST_DAY_STARTS_H: Final = 5
"""Japanese broadcasters sell 5:00 to 29:00 as one day (Video Research counts ratings so)."""
CLOCK_HOURS_MAX: Final = 30
"""``30:00`` is the last that listings print; what is later is the next day's morning."""
BROADCASTER_ZONE: Final = "Asia/Tokyo"

_CLOCK: Final = re.compile(r"(\d{1,2})[:：](\d\d)", re.ASCII)
_ZONE: Final = re.compile(r"UTC|[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){1,2}", re.ASCII)


class BadClock(Invalid):
    """This is not a time such as "21:30", or "25:15" for a quarter past one at night: {text!r}."""


class UnknownZone(Invalid):
    """There is no time zone called {name!r}. Zones are named as in "Europe/Berlin"."""


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone.  Raises :class:`UnknownZone`."""
    # "localtime" and the like mean something else on another machine, "right/…" counts leap seconds.
    if _ZONE.fullmatch(name) is None or name.startswith(("right/", "posix/")):
        raise UnknownZone(name=name[:60])
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(name=name[:60]) from None


def viewer_day(moment: datetime, zone: tzinfo) -> date:
    """The calendar day in ``zone``."""
    return moment.astimezone(zone).date()


def starts_at(day: date, zone: tzinfo) -> datetime:
    """The first instant of a calendar day in ``zone``, in UTC.

    Where clocks skip midnight that is the first time there is; where they repeat it, the first of both (PEP 495, fold 0).
    """
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def broadcast_day(moment: datetime, zone: tzinfo) -> date:
    """The day a broadcaster in ``zone`` lists it under: until five in the morning that of the evening before."""
    wall = moment.astimezone(zone)
    return wall.date() - timedelta(days=1) if wall.hour < BROADCAST_DAY_STARTS_H else wall.date()


def broadcast_clock(moment: datetime, zone: tzinfo) -> str:
    """The time as the broadcaster lists it on :func:`broadcast_day`: from ``05:00`` to ``28:59``."""
    wall = moment.astimezone(zone)
    late = 24 if wall.hour < BROADCAST_DAY_STARTS_H else 0
    return f"{wall.hour + late:02}:{wall.minute:02}"


def listed_at(day: date, clock: str, zone: tzinfo) -> datetime:
    """The instant of a listing's time (``0:00`` to ``30:00``) on ``day``, in UTC.  Raises :class:`BadClock`."""
    found = _CLOCK.fullmatch(clock.strip())
    if found is None:
        raise BadClock(text=clock[:20])
    hours, minutes = int(found[1]), int(found[2])
    if minutes > 59 or hours * 60 + minutes > CLOCK_HOURS_MAX * 60:
        raise BadClock(text=clock[:20])
    # On the wall clock: in the night clocks change, 25:15 is a quarter past one as well.
    wall = datetime.combine(day + timedelta(days=hours // 24), time(hours % 24, minutes), tzinfo=zone)
    return wall.astimezone(UTC)
