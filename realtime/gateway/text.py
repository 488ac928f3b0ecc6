"""Text from strangers that others are shown."""

import re
import unicodedata

from kernel.text.confusables import EMOJI_STYLE, INVISIBLE

# Control characters, and the ones that turn the direction of everything after them.  The joiners inside emoji stay.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

_ZERO_WIDTH_JOINERS = "\u200c\u200d"
_BLACK_FLAG = "\U0001f3f4"
_TAGS = range(0xE0020, 0xE0080)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_BLANK_BRAILLE = "\u2800"
_VIRAMA = 9
"""Canonical combining class of the sign that joins consonants in Indic scripts."""


def one_line(text: str) -> str:
    """``text`` fit for a name or a title: one line, single spaces, nothing that changes how its surroundings look."""
    return " ".join(_UNFIT.sub(" ", text).split())


def one_name(text: str, limit: int) -> str:
    """``text`` fit for a name: one line of what can be seen, at most ``limit`` code points and no half of anything.

    Signs that show nothing are dropped; joiners stay where they shape what is beside them: within an emoji, between letters of
    Arabic scripts, behind a virama (UAX 31 §2.3).
    """
    line = one_line(text.replace(_BLANK_BRAILLE, " "))
    seen = "".join(char for index, char in enumerate(line) if _shows(line, index))
    return shortened(" ".join(seen.split()), limit)


def shortened(text: str, limit: int) -> str:
    """The first ``limit`` code points of ``text``, fewer where that would cut a character in two."""
    if len(text) <= limit:
        return text
    end = limit
    while end > 0 and (_continues(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip()


def _shows(line: str, index: int) -> bool:
    char = line[index]
    before = line[index - 1] if index else ""
    after = line[index + 1] if index + 1 < len(line) else ""
    if char in _ZERO_WIDTH_JOINERS:
        return _joins(before, after)
    if char == EMOJI_STYLE:
        return before != "" and (unicodedata.category(before) == "So" or before in "#*0123456789\u203c\u2049\u2194")
    if ord(char) in _TAGS:
        return _BLACK_FLAG in line[max(index - 8, 0) : index]
    return unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn") and char not in INVISIBLE


def _joins(before: str, after: str) -> bool:
    if not before or not after:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return True
    if unicodedata.bidirectional(before) == unicodedata.bidirectional(after) == "AL":
        return True
    emoji_before = unicodedata.category(before) == "So" or before == EMOJI_STYLE or ord(before) in _SKIN_TONES
    return emoji_before and unicodedata.category(after) in ("So", "Sm")


def _continues(char: str) -> bool:
    """Whether a character belongs to the one before it."""
    return (
        unicodedata.category(char)[0] == "M"
        or char in _ZERO_WIDTH_JOINERS
        or ord(char) in _SKIN_TONES
        or ord(char) in _TAGS
    )
