"""Cues, what is the most there may be of them, and WebVTT as we write it (W3C WebVTT §4)."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from streaming.ingest.picture.storyboard import timestamp

MAX_CUES: Final = 20_000
"""Typeset karaoke has thousands of cues; a player scans them all at every time update."""

MAX_CUE_CHARACTERS: Final = 10_000
"""A screen full of small print has 1,500; WebVTT that times every word writes five times that."""

MAX_CUE_LINES: Final = 40
"""A picture of 1080 lines has room for 27 of the smallest size that can be read."""

TOP: Final = (7, 8, 9)
"""Alignments at the upper edge, as on a numeric keypad (ASS ``\\an``)."""

_AT_THE_TOP: Final = "line:0"

_UNSEEN: Final = str.maketrans(
    dict.fromkeys([code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"], "")
)
"""Control characters: none of them is seen, and some players end a text at NUL."""


class Unreadable(Exception):
    """Why a text is no subtitles, in words for people."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A text and when it is shown, in milliseconds from the beginning of the film."""

    start_ms: int
    end_ms: int
    text: str
    """WebVTT cue text: ``&`` and ``<`` are already written as the format wants them."""
    settings: str = ""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a cue's text in one style."""

    text: str
    italic: bool = False
    bold: bool = False
    underline: bool = False

    def switched(self, tag: str, *, on: bool) -> "Fragment":
        """The same with WebVTT's ``i``, ``b`` or ``u`` on or off."""
        match tag:
            case "i":
                return replace(self, italic=on)
            case "b":
                return replace(self, bold=on)
            case _:
                return replace(self, underline=on)


def cue(start_ms: int, end_ms: int, text: str, settings: str = "") -> Cue:
    """A cue of a size that players can show.  Raises :class:`Unreadable`."""
    if len(text) > MAX_CUE_CHARACTERS:
        raise Unreadable(f"the cue at {timestamp(max(start_ms, 0))} is longer than {MAX_CUE_CHARACTERS} characters")
    if text.count("\n") >= MAX_CUE_LINES:
        raise Unreadable(f"the cue at {timestamp(max(start_ms, 0))} has more than {MAX_CUE_LINES} lines")
    return Cue(start_ms, end_ms, text, settings)


def styled(start_ms: int, end_ms: int, fragments: Iterable[Fragment], alignment: int) -> Cue:
    """A cue of plain text in styles.  Raises :class:`Unreadable`."""
    text = without_blank_lines("".join(_tagged(each) for each in _joined(fragments)))
    return cue(start_ms, end_ms, text, _AT_THE_TOP if alignment in TOP else "")


def without_blank_lines(text: str) -> str:
    """``text`` without the lines that would end the cue."""
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip()).strip()


def visible(text: str) -> str:
    """``text`` with line feeds only, and without characters nobody sees.  Raises :class:`Unreadable`."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unreadable("half a character stands in it (a lone surrogate)") from None
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSEEN).removeprefix("\ufeff")


def clip(cues: Iterable[Cue], duration_ms: int) -> list[Cue]:
    """The cues that show within the film, in order, each once."""
    inside = dict.fromkeys(
        replace(cue, start_ms=max(cue.start_ms, 0), end_ms=min(cue.end_ms, duration_ms))
        for cue in cues
        if cue.text and cue.start_ms < duration_ms and cue.end_ms > max(cue.start_ms, 0)
    )
    return sorted(inside, key=lambda cue: (cue.start_ms, cue.end_ms))


def continued(cues: Sequence[Cue]) -> list[Cue]:
    """``cues`` with those joined that go on where an equal one ends: typesetters move a sign frame by frame."""
    joined: dict[tuple[str, str], int] = {}
    kept: list[Cue] = []
    for each in sorted(cues, key=lambda cue: cue.start_ms):
        at = joined.get((each.text, each.settings))
        if at is not None and each.start_ms <= kept[at].end_ms:
            kept[at] = replace(kept[at], end_ms=max(kept[at].end_ms, each.end_ms))
        else:
            joined[each.text, each.settings] = len(kept)
            kept.append(each)
    return kept


def write(cues: Iterable[Cue]) -> str:
    """``cues`` as a WebVTT file."""
    blocks = ["WEBVTT"]
    for each in cues:
        settings = f" {each.settings}" if each.settings else ""
        blocks.append(f"{timestamp(each.start_ms)} --> {timestamp(each.end_ms)}{settings}\n{each.text}")
    return "\n\n".join(blocks) + "\n"


def _joined(fragments: Iterable[Fragment]) -> list[Fragment]:
    """Neighbours of one style as one."""
    fragments = list(fragments)
    if len(fragments) < 2:  # nearly always
        return fragments
    joined: list[tuple[Fragment, list[str]]] = []
    for each in fragments:
        if joined and replace(joined[-1][0], text="") == replace(each, text=""):
            joined[-1][1].append(each.text)
        elif each.text:
            joined.append((each, [each.text]))
    return [replace(first, text="".join(texts)) for first, texts in joined]


def _tagged(fragment: Fragment) -> str:
    escaped = html.escape(fragment.text, quote=False)
    core = escaped.strip()
    if not core:
        return escaped
    start = escaped.index(core)
    before, after = escaped[:start], escaped[start + len(core) :]
    for wanted, tag in ((fragment.italic, "i"), (fragment.bold, "b"), (fragment.underline, "u")):
        if wanted:
            core = f"<{tag}>{core}</{tag}>"
    return before + core + after
