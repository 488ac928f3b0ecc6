r"""Advanced SubStation Alpha and its ancestor SSA: text, times, and where a line stands; all the rest of its art goes.

What counts is what libass draws: ``{…}`` without a backslash is a comment, ``\{`` a brace, ``\n`` a space unless the
script wraps by hand.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from streaming.ingest.subtitles import overrides
from streaming.ingest.subtitles.cue import Cue, Fragment, Unreadable, continued, styled

_SECTION: Final = re.compile(r"\[[A-Za-z0-9+ ]{1,40}\]")
_EVENTS: Final = "[events]"
_STYLES: Final = ("[v4+ styles]", "[v4 styles]", "[v4 styles+]")

_EVENT_FIELDS: Final = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_MAX_FIELDS: Final = 40
"""Of a line; version 4+ has 23 for a style."""
_MAX_STYLES: Final = 1_000
"""Of a script; groups of typesetters come to some hundred."""

_TIME: Final = re.compile(r"(\d{1,4}):(\d{1,2}):(\d{1,2})(?:[.:,](\d{1,3}))?", re.ASCII)

_MARKUP: Final = re.compile(r"{|\\[Nnh{}]")
_BOTTOM: Final = 2
_BY_HAND: Final = 2
"""WrapStyle in which only ``\\n`` and ``\\N`` break lines."""


@dataclass(frozen=True, slots=True)
class _Style:
    italic: bool = False
    alignment: int = _BOTTOM


@dataclass(slots=True)
class _Script:
    styles: dict[str, _Style] = field(default_factory=dict)
    wraps_by_hand: bool = False


def is_substation(text: str) -> bool:
    """Whether ``text`` begins as a script does, after comments."""
    first = next((line for line in text.split("\n", 50) if line.strip() and line[0] not in ";!"), "")
    return _SECTION.fullmatch(first.strip()) is not None


def read(text: str) -> list[Cue]:
    """The cues of ``text``.  Raises :class:`~streaming.ingest.subtitles.cue.Unreadable`."""
    script, section = _Script(), ""
    fields: tuple[str, ...] = ()
    cues = []
    for line in text.split("\n"):
        if line.startswith("[") and _SECTION.fullmatch(line.strip()):
            section = line.strip().lower()
            fields = _EVENT_FIELDS if section == _EVENTS else ()
            continue
        name, colon, value = line.partition(":")
        if not colon:
            continue
        key = name.strip().lower()
        if key == "format":
            fields = tuple(each.strip().lower() for each in value.split(",", _MAX_FIELDS))
        elif key == "wrapstyle":
            script.wraps_by_hand = value.strip() == str(_BY_HAND)
        elif key == "style" and section in _STYLES:
            _add_style(script, section, fields, value)
        elif key == "dialogue" and section == _EVENTS:
            event = _event(script, fields, value)
            if event is not None:
                cues.append(event)
    return continued(cues)


def _add_style(script: _Script, section: str, fields: tuple[str, ...], value: str) -> None:
    if len(script.styles) >= _MAX_STYLES:
        raise Unreadable(f"it has more than {_MAX_STYLES} styles")
    values = dict(zip(fields, (each.strip() for each in value.split(",", _MAX_FIELDS)), strict=False))
    text = values.get("alignment", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else _BOTTOM
    alignment = overrides.legacy_alignment(number) if section == "[v4 styles]" else number
    italic = values.get("italic", "0") not in {"0", ""}
    script.styles[values.get("name", "").lstrip("*")] = _Style(italic, alignment or _BOTTOM)


def _event(script: _Script, fields: tuple[str, ...], value: str) -> Cue | None:
    values = dict(zip(fields, value.split(",", len(fields) - 1), strict=False))
    start, end = _time_ms(values.get("start", "")), _time_ms(values.get("end", ""))
    text = values.get("text")
    if start is None or end is None or text is None:
        return None
    style = script.styles.get(values.get("style", "").strip().lstrip("*"), _Style())
    fragments, alignment = _fragments(text, style, script)
    return styled(start, end, fragments, alignment)


def _fragments(text: str, style: _Style, script: _Script) -> tuple[list[Fragment], int]:
    """What is drawn of ``text`` as letters, and where it stands."""
    fragments: list[Fragment] = []
    plain = now = Fragment("", italic=style.italic)
    alignment, is_drawing, at = 0, False, 0
    while (match := _MARKUP.search(text, at)) is not None:
        if not is_drawing:
            fragments.append(replace(now, text=text[at : match.start()]))
        at = match.end()
        if match[0] != "{":
            if not is_drawing:
                fragments.append(replace(now, text=_written(match[0][1], script)))
            continue
        end = text.find("}", at)
        if end < 0:
            fragments.append(replace(now, text=text[match.start() :]))  # no block, so no drawing can end in it either
            return fragments, alignment or style.alignment
        for override in overrides.split(text[at:end]):
            if (drawing := overrides.drawing(override)) is not None:
                is_drawing = drawing
            elif override.startswith("r"):
                named = script.styles.get(override[1:].lstrip("*"))
                now = replace(plain, italic=named.italic) if named is not None else plain
            else:
                alignment = alignment or overrides.alignment(override) or 0  # the first one counts
                now = _switched(now, override)
        at = end + 1
    if not is_drawing:
        fragments.append(replace(now, text=text[at:]))
    return fragments, alignment or style.alignment


def _switched(now: Fragment, override: str) -> Fragment:
    for tag in ("i", "b", "u"):
        if (on := overrides.switch(override, tag)) is not None:
            return now.switched(tag, on=on)
    return now


def _written(letter: str, script: _Script) -> str:
    if letter == "N" or (letter == "n" and script.wraps_by_hand):
        return "\n"
    return letter if letter in "{}" else " "


def _time_ms(text: str) -> int | None:
    match = _TIME.fullmatch(text.strip()) if len(text) < 40 else None
    if match is None:
        return None
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((match[4] or "0").ljust(3, "0"))
