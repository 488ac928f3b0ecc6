"""Subtitles of any kind to WebVTT cues: decoding, cleaning, clipping to the film.  Pure, on ``pysubs2``."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

import pysubs2
from pysubs2.formats.substation import parse_tags

from streaming.ingest import languages
from streaming.ingest.model import SubtitlesUnreadable
from streaming.ingest.storyboard import timestamp

SUFFIXES: Final = (".vtt", ".srt", ".ass", ".ssa")

MAX_BYTES: Final = 8 * 1024 * 1024
"""Of one subtitle file: a film has 100 kB of dialogue, and the heaviest typeset ASS some megabytes."""

MAX_CUES: Final = 20_000
"""Typeset karaoke has thousands of cues; a player scans them all at every time update."""

_LEGACY: Final = {
    language: encoding
    for encoding, spoken in (
        ("cp1250", "pl cs sk hu ro hr sl"),
        ("cp1251", "ru uk be bg sr mk"),
        ("cp1253", "el"),
        ("cp1254", "tr"),
        ("cp1255", "he"),
        ("cp1256", "ar"),
        ("cp932", "ja"),
        ("cp949", "ko"),
        ("gb18030", "zh"),
    )
    for language in spoken.split()
}
"""What files of a language were written in before everybody agreed on UTF-8."""

_ARROW = re.compile(r"\s*((?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3})[ \t]*(.*)")
_STRAY_LESS = re.compile(r"<(?!/?(?:i|b|u|c|v|lang|ruby|rt)[\s.>]|\d\d:\d\d)")
_STRAY_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|lrm|rlm|nbsp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_TOP = (7, 8, 9)
"""ASS alignments, as on a numeric keypad."""


@dataclass(frozen=True, slots=True)
class Cue:
    start_ms: int
    end_ms: int
    text: str
    """WebVTT cue text: ``&`` and ``<`` are already written as the format wants them."""
    settings: str = ""


@dataclass(frozen=True, slots=True)
class SideFile:
    """What the name of a subtitle file says about it: ``Film.ru.forced.srt``."""

    language: str
    title: str
    forced: bool


def side_file(name: str, stem: str = "") -> SideFile:
    """Read language and kind from the parts of ``name`` after the film's own ``stem``."""
    rest = PurePath(name).stem
    rest = rest[len(stem) :] if stem and rest.startswith(stem) else rest
    language, title, forced = languages.UNDETERMINED, "", False
    for part in reversed([part for part in rest.split(".") if part]):
        tag = languages.parse(part)
        if part.lower() in {"forced", "foreign"}:
            forced = True
        elif part.lower() in {"sdh", "cc", "hi"} and language == languages.UNDETERMINED:
            title = part.upper()
        elif tag is not None:
            language = tag
            break
    return SideFile(language, f"{languages.label(language)} {title}" if title else "", forced)


def belongs_to(candidate: str, film: str) -> bool:
    """Whether the file ``candidate``, in the same folder, is a side file of ``film``."""
    path = PurePath(candidate)
    stem = PurePath(film).stem
    return path.suffix.lower() in SUFFIXES and (path.stem == stem or path.stem.startswith(f"{stem}."))


def read(name: str, content: bytes, language: str = languages.UNDETERMINED) -> list[Cue]:
    """The cues of a WebVTT, SRT or ASS file.

    Raises :class:`SubtitlesUnreadable` for anything else, and for files without a single cue.
    """
    if len(content) > MAX_BYTES:
        raise SubtitlesUnreadable(name=name, reason=f"over {MAX_BYTES // 1024 // 1024} MiB, that is no text")
    text = _decode(name, content, language).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    cues = _webvtt(text) if text.startswith("WEBVTT") else _others(name, text)
    if not cues:
        raise SubtitlesUnreadable(name=name, reason="there is no cue in it")
    return cues


def clip(cues: Iterable[Cue], duration_ms: int) -> list[Cue]:
    """The cues that show within the film, in order, each once."""
    inside = dict.fromkeys(
        replace(cue, start_ms=max(cue.start_ms, 0), end_ms=min(cue.end_ms, duration_ms))
        for cue in cues
        if cue.text and cue.start_ms < duration_ms and cue.end_ms > max(cue.start_ms, 0)
    )
    return sorted(inside, key=lambda cue: (cue.start_ms, cue.end_ms))[:MAX_CUES]


def write(cues: Iterable[Cue]) -> str:
    """``cues`` as a WebVTT file."""
    blocks = ["WEBVTT"]
    for cue in cues:
        settings = f" {cue.settings}" if cue.settings else ""
        blocks.append(f"{timestamp(cue.start_ms)} --> {timestamp(cue.end_ms)}{settings}\n{cue.text}")
    return "\n\n".join(blocks) + "\n"


def _decode(name: str, content: bytes, language: str) -> str:
    if b"\0" in content[:64] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SubtitlesUnreadable(name=name, reason="it is not text")
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig"]
    encodings.append(_LEGACY.get(language.partition("-")[0], "cp1252"))
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SubtitlesUnreadable(name=name, reason="its characters are not UTF-8; save it as UTF-8 and try again")


def _webvtt(text: str) -> list[Cue]:
    """WebVTT keeps its cue settings and tags, which ``pysubs2`` would drop (W3C WebVTT §4.1)."""
    cues = []
    for block in re.split(r"\n[ \t]*\n+", text):
        lines = block.strip("\n").split("\n")
        for position, line in enumerate(lines[:2]):  # an identifier may stand before the times
            match = _ARROW.fullmatch(line)
            if match is not None:
                payload = "\n".join(lines[position + 1 :]).strip()
                cues.append(Cue(_time_ms(match[1]), _time_ms(match[2]), _escape(payload), match[3].strip()))
                break
    return cues


def _others(name: str, text: str) -> list[Cue]:
    try:
        parsed = pysubs2.SSAFile.from_string(text)
    except (pysubs2.Pysubs2Error, ValueError, KeyError, IndexError) as error:
        raise SubtitlesUnreadable(name=name, reason="it is neither WebVTT nor SRT nor ASS") from error
    cues = []
    for event in parsed.events:
        if event.is_comment:
            continue
        style = parsed.styles.get(event.style, pysubs2.SSAStyle.DEFAULT_STYLE)
        alignment = re.search(r"{[^}]*\\an([1-9])", event.text)
        top = int(alignment[1] if alignment else style.alignment) in _TOP
        cues.append(Cue(event.start, event.end, _ass_text(event.text, parsed), "line:0" if top else ""))
    return cues


def _ass_text(text: str, parsed: pysubs2.SSAFile) -> str:
    """ASS text with its italics, bold and underline as WebVTT tags; drawings and everything else of its art goes."""
    pieces = []
    for fragment, style in parse_tags(text, pysubs2.SSAStyle(), parsed.styles):
        if style.drawing or not fragment:
            continue
        piece = html.escape(fragment, quote=False).replace("\\h", " ").replace("\\n", "\n").replace("\\N", "\n")
        for wanted, tag in ((style.italic, "i"), (style.bold, "b"), (style.underline, "u")):
            if wanted and piece.strip():
                piece = f"<{tag}>{piece}</{tag}>"
        pieces.append(piece)
    # A blank line would end the cue.
    return re.sub(r"\n\s*\n+", "\n", "".join(pieces)).strip()


def _escape(text: str) -> str:
    """Written-out ``&`` and ``<`` where they are no entity and no tag, and nothing that looks like another cue."""
    escaped = _STRAY_LESS.sub("&lt;", _STRAY_AMPERSAND.sub("&amp;", text))
    return escaped.replace("-->", "--&gt;")


def _time_ms(text: str) -> int:
    *whole, seconds = text.replace(",", ".").split(":")
    second, _, fraction = seconds.partition(".")
    minutes = int(whole[-1]) + (int(whole[0]) * 60 if len(whole) == 2 else 0)
    return (minutes * 60 + int(second)) * 1000 + int(fraction.ljust(3, "0"))
