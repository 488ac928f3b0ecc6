"""Reports of event mode: a body of ``application/cmcd``, one report a line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from streaming.origin.cmcd import MAX_BUFFER_MS, MAX_CHARACTERS, MAX_EVENTS, MAX_RATE_BPS, PlayerReport
from streaming.origin.qoe.dictionary import Value, decode, faults_of, integer, word

MAX_FAULTS: Final = 20
"""Named of one body: whoever writes a player mends the first ones first."""
MAX_DURATION_MS: Final = 12 * 3_600_000
"""A stream is good for so long."""
MAX_COUNT: Final = 10_000_000
"""Twelve hours at 120 frames a second are half of it."""
MAX_TIME_MS: Final = 2**53
MAX_ERROR_CHARACTERS: Final = 64
MAX_PATHWAY_CHARACTERS: Final = 64


class PlayerState(StrEnum):
    """``sta`` of CTA-5004-B."""

    STARTING = "s"
    PLAYING = "p"
    SEEKING = "k"
    REBUFFERING = "r"
    PAUSED = "a"
    WAITING = "w"
    ENDED = "e"
    FATAL_ERROR = "f"
    QUIT = "q"
    PRELOADING = "d"


_STATES: Final[Mapping[str, PlayerState]] = {state.value: state for state in PlayerState}


def state_of(text: str) -> PlayerState | None:
    """The state of this name; ``None``: there is none."""
    return _STATES.get(text)


@dataclass(frozen=True, slots=True)
class PlaybackEvent:
    """One report, as far as the figures of a stream need it; ``None``: it did not say."""

    at_ms: int
    """``ts``: Unix time by the player's clock, which may be wrong; differences count alone."""
    sequence: int = 0
    """``sn``.  A player that was made anew counts from 0 again."""
    state: PlayerState | None = None
    bitrate_bps: int | None = None
    """``pb``, else ``br`` but of a response: of what is played."""
    switched_to_bps: int | None = None
    """``br`` of a change of bitrate (``e=bc``)."""
    startup_ms: int | None = None
    """``msd``: from the wish to play to the first picture, as the player measured it."""
    rebuffers: int | None = None
    """``bsa``, since the session began."""
    rebuffered_ms: int | None = None
    """``bsda``, since the session began."""
    dropped_frames: int | None = None
    """``dfa``, since the session began."""
    error: str = ""
    """The first of ``ec``."""
    by_request: bool = False
    """Concluded from a request, and not reported in event mode."""


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with a line, which is counted from 1."""

    line: int
    key: str
    problem: str


@dataclass(frozen=True, slots=True)
class Body:
    """What a player told at a time."""

    reports: tuple[PlayerReport, ...] = ()
    """Of the link: all that could be read, in the order they were made."""
    events: tuple[PlaybackEvent, ...] = ()
    """Of playback: those that say when."""
    faults: tuple[LineFault, ...] = field(default=())
    """At most :data:`MAX_FAULTS`."""


def read_body(body: bytes) -> Body:
    """What is in a body.  Raises nothing: it comes from outside."""
    text = body.decode("utf-8", "replace")
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    faults: list[LineFault] = []
    if not lines:
        faults.append(LineFault(1, "", "has no report"))
    elif text.endswith("\n"):
        faults.append(LineFault(lines[-1][0], "", "ends with a line feed, as the last line does not"))
    if len(lines) > MAX_EVENTS:
        faults.append(LineFault(1, "", f"is left out: of one body the last {MAX_EVENTS} reports count"))
    reports: list[PlayerReport] = []
    events: list[PlaybackEvent] = []
    for number, line in lines[-MAX_EVENTS:]:
        if len(line) > MAX_CHARACTERS:
            faults.append(LineFault(number, "", f"has more than {MAX_CHARACTERS} characters"))
            continue
        report, unreadable = decode(line.removesuffix("\r"))
        found = [unreadable] if unreadable else list(faults_of(report))
        faults += [LineFault(number, each.key[:64], each.problem) for each in found]
        if report:
            reports.append(link_of(report))
            if (event := event_of(report)) is not None:
                events.append(event)
    return Body(tuple(reports), tuple(events), tuple(faults[:MAX_FAULTS]))


def link_of(report: Mapping[str, Value]) -> PlayerReport:
    """What a report says of the link."""
    return PlayerReport(
        throughput_bps=_rate_bps(report, "mtp"),
        bitrate_bps=_rate_bps(report, "br"),
        buffer_ms=integer(report, "bl", MAX_BUFFER_MS),
        starved=report.get("bs") is True,
        pathway=word(report, "cdn")[:MAX_PATHWAY_CHARACTERS],
        failed=word(report, "e") == "e",
    )


def event_of(report: Mapping[str, Value]) -> PlaybackEvent | None:
    """What a report says of playback; ``None``: it does not say when."""
    at_ms = integer(report, "ts", MAX_TIME_MS)
    if at_ms is None:
        return None
    kind = word(report, "e")
    br_bps = None if kind == "rr" else _rate_bps(report, "br")
    return PlaybackEvent(
        at_ms=at_ms,
        sequence=integer(report, "sn", MAX_COUNT) or 0,
        state=state_of(word(report, "sta")),
        bitrate_bps=_rate_bps(report, "pb") or br_bps,
        switched_to_bps=br_bps if kind == "bc" else None,
        startup_ms=integer(report, "msd", MAX_DURATION_MS),
        rebuffers=integer(report, "bsa", MAX_COUNT),
        rebuffered_ms=integer(report, "bsda", MAX_DURATION_MS),
        dropped_frames=integer(report, "dfa", MAX_COUNT),
        error=word(report, "ec")[:MAX_ERROR_CHARACTERS],
    )


def _rate_bps(report: Mapping[str, Value], key: str) -> int | None:
    kilobits = integer(report, key, MAX_RATE_BPS // 1000)
    return kilobits * 1000 if kilobits else None  # a rate of 0 is "not measured yet"
