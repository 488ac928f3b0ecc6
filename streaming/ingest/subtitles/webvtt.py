"""WebVTT with its cue settings and tags, and without its styles, regions and notes (W3C WebVTT §4.1, §6.1)."""

import re
from html.entities import html5
from typing import Final

from streaming.ingest.subtitles import srt
from streaming.ingest.subtitles.cue import Cue, cue, without_blank_lines

_SIGNATURE: Final = "WEBVTT"

_SETTING: Final = re.compile(r"(?:vertical|line|position|size|align):[A-Za-z0-9.,%-]{1,40}", re.ASCII)
"""Without ``region``: regions go, as the style sheets do."""

_TAG: Final = re.compile(r"</?(?:i|b|u|c|v|lang|ruby|rt)(?:[.\s][^<>]*)?>|<(?:\d\d:)?\d\d:\d\d\.\d{3}>", re.ASCII)
_LONGEST_TAG: Final = 300
"""Characters: a class or two, and the name of who speaks."""

_REFERENCE: Final = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
_WRITTEN: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "\u200e": "&lrm;",
    "\u200f": "&rlm;",
    "\u00a0": "&nbsp;",
}
"""The references that every player knows; it may show others as they are written."""


def is_webvtt(text: str) -> bool:
    """Whether ``text`` begins with the signature (§4.1)."""
    return text.startswith(_SIGNATURE) and text[len(_SIGNATURE) : len(_SIGNATURE) + 1] in {"", " ", "\t", "\n"}


def read(text: str) -> list[Cue]:
    """The cues of ``text``.  Raises :class:`~streaming.ingest.subtitles.cue.Unreadable`."""
    cues = []
    times: tuple[int, int] | None = None
    settings, lines = "", list[str]()
    for line in [*text.split("\n"), ""]:
        found = srt.timing(line) if "-->" in line else None
        if times is not None and (found is not None or not line.strip()):
            cues.append(cue(*times, cue_text("\n".join(lines)), settings))
            times = None
        if found is not None:
            times, settings, lines = found, _settings(line), []
        elif times is not None:
            lines.append(line)
    return cues


def cue_text(text: str) -> str:
    """``text`` with ``&`` and ``<`` written out where they are no reference and no tag, and nothing like another cue."""
    pieces, at = [], 0
    while (opening := text.find("<", at)) >= 0:
        end = text.find(">", opening, opening + _LONGEST_TAG) + 1
        pieces.append(_escaped(text[at:opening]))
        if end and _TAG.fullmatch(text, opening, end):
            pieces.append("<" + _escaped(text[opening + 1 : end - 1]) + ">")
            at = end
        else:
            pieces.append("&lt;")
            at = opening + 1
    pieces.append(_escaped(text[at:]))
    return without_blank_lines("".join(pieces).replace("-->", "--&gt;"))


def _settings(line: str) -> str:
    words = line.partition("-->")[2].split()[1:]
    return " ".join(word for word in words if _SETTING.fullmatch(word))


def _escaped(text: str) -> str:
    pieces, at = [], 0
    for match in _REFERENCE.finditer(text):
        meant = _meant(match)
        if meant is None:
            continue
        pieces += [text[at : match.start()].replace("&", "&amp;"), _WRITTEN.get(meant, meant)]
        at = match.end()
    pieces.append(text[at:].replace("&", "&amp;"))
    return "".join(pieces)


def _meant(reference: re.Match[str]) -> str | None:
    """The character of an HTML reference, where it is one that can be seen."""
    if reference[3] is not None:
        return html5.get(f"{reference[3]};")
    code = int(reference[1]) if reference[1] is not None else int(reference[2], 16)
    return chr(code) if code < 0x110000 and (chr(code).isprintable() or chr(code) in _WRITTEN) else None
