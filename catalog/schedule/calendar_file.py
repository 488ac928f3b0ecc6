"""iCalendar (RFC 5545): airings as a file that calendars subscribe to.

Each episode is an event of its own with a time in UTC: a rule that repeats would follow the clocks of a zone, and move an hour
against a broadcaster without summer time twice a year.  An episode keeps its identifier wherever it is moved to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from catalog.schedule.listing import ListedAiring
from catalog.schedule.timetable import AiringState

LINE_OCTETS: Final = 75
"""RFC 5545 §3.1; without the line break."""
EVENTS_MAX: Final = 2_000
"""Of one file, some 700 kB: Google reads files up to 1 MB."""
_REFRESH: Final = "PT1H"


class EventStatus(StrEnum):
    """RFC 5545 §3.8.1.11."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One entry; ``sequence`` counts up whenever it may have changed."""

    uid: str
    starts_at: datetime
    duration_min: int
    summary: str
    changed_at: datetime
    sequence: int
    status: EventStatus = EventStatus.CONFIRMED
    description: str = ""
    url: str = ""


def events_of(airings: Iterable[ListedAiring], public_url: str) -> list[CalendarEvent]:
    """An event for each airing, and a cancelled one where an episode was to air before it was moved."""
    events: list[CalendarEvent] = []
    for airing in airings:
        events.append(_event(airing, airing.airs_at, _STATUSES.get(airing.state, EventStatus.CONFIRMED), public_url))
        if airing.state is AiringState.MOVED and airing.planned_at is not None:
            events.append(_event(airing, airing.planned_at, EventStatus.CANCELLED, public_url, suffix="-planned"))
    return events[:EVENTS_MAX]


_STATUSES: Final = {
    AiringState.CANCELLED: EventStatus.CANCELLED,
    AiringState.POSTPONED: EventStatus.CANCELLED,
    AiringState.ESTIMATED: EventStatus.TENTATIVE,
}


def _event(
    airing: ListedAiring, starts_at: datetime, status: EventStatus, public_url: str, *, suffix: str = ""
) -> CalendarEvent:
    site = f"-{sha256(airing.site.encode()).hexdigest()[:8]}" if airing.site else ""
    where = f" · {airing.site}" if airing.site else ""
    return CalendarEvent(
        # A release's id is one of a kind everywhere (RFC 7986 §5.3).
        uid=f"{airing.release.release_id}-{airing.ordinal:g}{site}{suffix}",
        starts_at=starts_at,
        duration_min=airing.duration_min,
        summary=f"{airing.release.name_main} {airing.ordinal:g}{where}",
        changed_at=airing.changed_at,
        sequence=airing.version,
        status=status,
        description=airing.address,
        url=f"{public_url}/releases/{airing.release.alias}",
    )


def calendar_text(name: str, events: Sequence[CalendarEvent]) -> str:
    """The whole file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ani//Schedule//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
        f"X-PUBLISHED-TTL:{_REFRESH}",
    ]
    for event in events:
        changed = _moment(event.changed_at)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}",
            f"DTSTAMP:{changed}",
            f"LAST-MODIFIED:{changed}",
            f"SEQUENCE:{event.sequence}",
            f"DTSTART:{_moment(event.starts_at)}",
            f"DTEND:{_moment(event.starts_at + timedelta(minutes=event.duration_min))}",
            f"SUMMARY:{_text(event.summary)}",
            *([f"DESCRIPTION:{_text(event.description)}"] if event.description else []),
            *([f"URL:{event.url}"] if event.url else []),
            f"STATUS:{event.status}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def folded(line: str) -> str:
    """``line`` in pieces of at most :data:`LINE_OCTETS` octets of UTF-8, none of which ends within a character."""
    pieces: list[str] = []
    piece, octets = "", 0
    for character in line:
        size = len(character.encode("utf-8", "replace"))
        if octets + size > LINE_OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += character
        octets += size
    return "\r\n".join([*pieces, piece])


def _text(value: str) -> str:
    """RFC 5545 §3.3.11, without characters that no line may have."""
    kept = "".join(character for character in value if (character >= " " and character != "\x7f") or character == "\n")
    return kept.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
