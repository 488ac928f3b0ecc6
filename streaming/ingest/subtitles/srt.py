"""SubRip, which nobody ever specified: read as the files are that people have."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from streaming.ingest.subtitles import overrides
from streaming.ingest.subtitles.cue import Cue, Fragment, styled

_TIME: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?", re.ASCII)
_ARROW: Final = re.compile(r"-[- ]?>")
_LONGEST_TIMING: Final = 200
"""Characters: two times, an arrow, and the coordinates that some programs write behind."""

_TAG: Final = re.compile(
    r"<(/?)(i|b|u|em|strong|br"
    r"|s|font|span|p|div|a|small|big|center|sub|sup|strike|del|ins|tt|ruby|rb|rp|rt|script|style|c|v|lang)"
    r"(?:[\s/.][^<>]*)?>",
    re.IGNORECASE,
)
"""Tags that mean something, and those of HTML and WebVTT that go; what else stands in ``<>`` somebody says."""
_OPENING: Final = re.compile(r"<|{\\")
_LONGEST_TAG: Final = 300
"""Characters, with the attributes of ``<font>``; a longer one is text."""
_STYLES: Final = {"i": "i", "em": "i", "b": "b", "strong": "b", "u": "u"}
_BOTTOM: Final = 2


@dataclass(slots=True)
class _Entry:
    """The lines from one timing to the next."""

    start_ms: int
    end_ms: int
    lines: list[str] = field(default_factory=list)


def read(text: str) -> list[Cue]:
    """The cues of ``text``; none where it has no timings.  Raises :class:`~streaming.ingest.subtitles.cue.Unreadable`."""
    head = _Entry(0, 0)
    entries = [head]
    for line in text.split("\n"):
        times = timing(line)
        if times is None:
            entries[-1].lines.append(line)
        else:
            entries.append(_Entry(*times))
    _drop_numbers(entries)
    cues = []
    for entry in entries[1:]:
        fragments, alignment = _fragments("\n".join(entry.lines))
        cues.append(styled(entry.start_ms, entry.end_ms, fragments, alignment))
    return cues


def timing(line: str) -> tuple[int, int] | None:
    """Start and end in ms, where ``line`` is ``00:00:01,000 --> 00:00:02,000``."""
    if len(line) > _LONGEST_TIMING or ">" not in line:
        return None
    parts = _ARROW.split(line, 1)
    if len(parts) != 2:
        return None
    words = parts[1].replace(" :", ":").replace(": ", ":").split()
    start, end = time_ms(parts[0].replace(" ", "")), time_ms(words[0] if words else "")
    return None if start is None or end is None else (start, end)


def time_ms(text: str) -> int | None:
    """``1:02:03,4`` → 3,723,400."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, fraction = (match[group] or "0" for group in range(1, 5))
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))


def _drop_numbers(entries: list[_Entry]) -> None:
    """Take the cues' numbers away, which stand in front of their timings, and no line of text that is a number.

    Most files are numbered; in those that are not, a number is text unless it stands between a blank line and a timing.
    """
    numbers = [_number_before(entry.lines) for entry in entries[:-1]]
    counted = sum(
        number is not None and number in ((0, 1) if previous is None else (previous + 1,))
        for previous, number in zip([None, *numbers], numbers, strict=False)
    )
    numbered = counted * 2 >= len(numbers)
    previous: int | None = None
    for entry, number in zip(entries, numbers, strict=False):
        if number is not None:
            at = max(index for index, line in enumerate(entry.lines) if line.strip())
            is_next = number in ((0, 1) if previous is None else (previous + 1,))
            adjacent = at == len(entry.lines) - 1
            alone = at == 0 or not entry.lines[at - 1].strip()
            if (numbered and (adjacent or is_next)) or (adjacent and alone):
                del entry.lines[at:]
                previous = number


def _number_before(lines: list[str]) -> int | None:
    """The last line that is not blank, where it is nothing but a number."""
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return int(last) if len(last) < 9 and last.isascii() and last.isdigit() else None


def _fragments(text: str) -> tuple[list[Fragment], int]:
    """``text`` in its styles, and where it stands."""
    fragments, alignment = [], _BOTTOM
    now = Fragment("")
    for plain, markup in _pieces(text):
        if plain:
            fragments.append(replace(now, text=plain))
        match = _TAG.fullmatch(markup)
        if match is not None:
            if match[2].lower() == "br":
                fragments.append(replace(now, text="\n"))
            elif (style := _STYLES.get(match[2].lower())) is not None:
                now = now.switched(style, on=not match[1])
            continue
        for override in overrides.split(markup[1:-1]):
            alignment = overrides.alignment(override) or alignment
            for tag in ("i", "b", "u"):
                if (on := overrides.switch(override, tag)) is not None:
                    now = now.switched(tag, on=on)
    return fragments, alignment


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Text, and the tag or override block that follows it; whatever else stands in ``<>`` or ``{}`` is text."""
    begin = at = 0
    while (opening := _OPENING.search(text, at)) is not None:
        start = opening.start()
        end = text.find(">" if opening[0] == "<" else "}", start, start + _LONGEST_TAG) + 1
        markup = text[start:end] if end else ""
        if markup and (_TAG.fullmatch(markup) or (markup[0] == "{" and overrides.is_override(markup[1:-1]))):
            yield text[begin:start], markup
            begin = at = end
        else:
            at = start + 1
    yield text[begin:], ""
