"""Plain text out of what somebody may have written as HTML: descriptions of editors, of proposals and of other catalogues."""

import html
import re
from typing import Final

import nh3

MARKUP_CHARS: Final = 30_000
"""Of what is read at all: three times the longest description; an import may bring megabytes."""
ENTITY_DEPTH: Final = 4
"""How often entities within entities are resolved (``&amp;lt;``): sources escape twice, attackers more often."""
_BREAKS: Final = re.compile(
    r"</li\s{0,9}>\s{0,100}<li\b[^<>]{0,100}>|<(?:br|/p|/div|/?li|/h[1-6])\b[^<>]{0,100}>", re.IGNORECASE
)
"""Where a line ends; many close no list item, and who does begins one line with the next, not two."""
_UNSEEN: Final = {"script", "style", "template", "noscript"}
_BLANKS: Final = re.compile(r"[ \t\r\f\v\u00a0]+")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_UNWANTED: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u2028\u2029]")


_OVERRIDES: Final = re.compile(r"[\u202d\u202e]")
"""Make letters run against their own direction: of use to whoever misleads alone.  Embeddings, isolates and marks stay."""


def without_overrides(text: str) -> str:
    """``text`` in the direction its letters have."""
    return _OVERRIDES.sub("", text)


def plain_text(markup: str, max_chars: int) -> str:
    """What a person reads of ``markup``: no tags, no scripts, no entities; paragraphs stay lines.  Pure.

    Text that is none stays as it is ("1 < 2 & 3 > 2").  What is longer than ``max_chars`` ends in «…».
    """
    text = _UNWANTED.sub(" ", without_overrides(markup[:MARKUP_CHARS]).replace("\r\n", "\n").replace("\r", "\n"))
    for _ in range(ENTITY_DEPTH):
        if "<" not in text and "&" not in text:
            break
        # nh3 escapes what it keeps; the text is stored as it reads, and escaped again where it is shown.
        cleaned = html.unescape(nh3.clean(_BREAKS.sub("\n", text), tags=set(), clean_content_tags=_UNSEEN))
        cleaned = without_overrides(cleaned)
        if cleaned == text:
            break
        text = cleaned
    else:
        # Still markup after all that: whoever nests so deep means no reader well.
        text = text.replace("<", "").replace(">", "")
    lines = "\n".join(_BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    whole = _BLANK_LINES.sub("\n\n", lines).strip()
    return whole if len(whole) <= max_chars else whole[: max_chars - 1].rstrip() + "…"
