"""Broadcast times as tables and feeds write them."""

import re
from datetime import date
from typing import Final

from catalog.imports.faults import Why
from catalog.imports.records.model import BadRecord, SourceBroadcast
from catalog.releases.model import ReleaseType
from catalog.schedule.days import BROADCASTER_ZONE, BadClock, UnknownZone, listed_at, zone_named
from catalog.schedule.recurrence import EARLIEST, LATEST, Period, Recurrence

_LISTED: Final = re.compile(r"(\d{4}-\d\d-\d\d)[ T](.{1,10})", re.ASCII)
_WEEKLY: Final = Period(days=7)
_ONCE: Final = frozenset({ReleaseType.MOVIE, ReleaseType.OVA, ReleaseType.OAD, ReleaseType.SPECIAL})
"""What comes out, rather than being on every week."""


def broadcasts_of(airs: str, zone: str, kind: ReleaseType) -> tuple[SourceBroadcast, ...]:
    """Its own broadcast by the first time, as listings print it; none where ``airs`` is empty.

    ``2026-07-03 25:15`` is a quarter past one in the night after the 3rd, in the IANA ``zone`` or else in Japan.  Series are on
    every seven days from then, without regard to summer time, which Japan has not.  Raises :class:`BadRecord`.
    """
    if not airs:
        return ()
    try:
        clock = zone_named(zone or BROADCASTER_ZONE)
        found = _LISTED.fullmatch(airs)
        if found is None:
            raise BadRecord(
                why=Why(
                    f'it airs "{airs[:30]}", which is not written like "2026-07-03 25:15"',
                    "airs_unreadable",
                    airs=airs[:30],
                )
            )
        first = listed_at(date.fromisoformat(found[1]), found[2], clock)
    except (BadClock, UnknownZone) as error:
        raise BadRecord(
            why=Why(f"when it airs cannot be read: {error.message}", "airs_unreadable", airs=airs[:30])
        ) from None
    except (ValueError, OverflowError):
        raise BadRecord(
            why=Why(f'there is no such day as that of "{airs[:30]}"', "airs_no_day", airs=airs[:30])
        ) from None
    if not EARLIEST <= first < LATEST:
        raise BadRecord(why=Why("it airs before 1900 or after 2200", "airs_absurd"))
    recurrence = Recurrence(first, Period() if kind in _ONCE else _WEEKLY)
    return (SourceBroadcast("", str(recurrence)),)
