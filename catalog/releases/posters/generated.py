"""A poster for a release that has none: its title on a colour of its own, as SVG.

The same for the same release each time.  The letters are the reader's own sans-serif, so every script has them, and nothing is shipped
for it; how wide they are is guessed from what kind of letter it is, with room to spare.
"""

import unicodedata
from html import escape
from typing import Final

from catalog.releases.poster import GENERATED_HEIGHT_PX, GENERATED_WIDTH_PX, hsl_hex, hue_of

_MARGIN_PX: Final = 56
_LINE_PX: Final = GENERATED_WIDTH_PX - 2 * _MARGIN_PX
_SIZES_PX: Final = (96, 80, 66, 54, 44)
"""Of the letters: the first at which the title fits."""
_MAX_LINES: Final = 7
_WORD_EM: Final = 14.0
"""What is longer is no word, but a title in a script without spaces."""
_LEADING: Final = 1.16
_WIDE_EM: Final = 1.0  # Chinese, Japanese, Korean
_CAPITAL_EM: Final = 0.8
_SMALL_EM: Final = 0.67
_NARROW_EM: Final = 0.38
_NARROW: Final = frozenset(" .,:;!|'’`-–ijlI1()[]")
_CLEAN: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}  # nothing to see, some of which XML does not allow


def poster_svg(release_id: str, title: str) -> str:
    """The document, 720 × 1080."""
    text = " ".join("".join(letter if unicodedata.category(letter) not in _CLEAN else " " for letter in title).split())
    size_px, lines = _set(text)
    hue = hue_of(release_id)
    light, dark = hsl_hex(hue, 0.45, 0.34), hsl_hex((hue + 24) % 360, 0.5, 0.16)
    step_px = round(size_px * _LEADING)
    last_px = GENERATED_HEIGHT_PX - _MARGIN_PX - round(size_px * 0.25)
    first_px = last_px - step_px * (len(lines) - 1)
    spans = "".join(
        f'<tspan x="{_MARGIN_PX}" y="{first_px + step_px * number}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    radius_px = 200 + hue
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {GENERATED_WIDTH_PX} {GENERATED_HEIGHT_PX}" '
        f'width="{GENERATED_WIDTH_PX}" height="{GENERATED_HEIGHT_PX}">'
        f'<defs><linearGradient id="g" x1="0" y1="0" x2="0.4" y2="1"><stop offset="0" stop-color="{light}"/>'
        f'<stop offset="1" stop-color="{dark}"/></linearGradient></defs>'
        f'<rect width="100%" height="100%" fill="url(#g)"/>'
        f'<circle cx="{GENERATED_WIDTH_PX}" cy="{hue}" r="{radius_px}" fill="#fff" fill-opacity="0.07"/>'
        f'<text font-family="system-ui, sans-serif" font-weight="700" font-size="{size_px}" fill="#fff">{spans}</text></svg>'
    )


def _set(text: str) -> tuple[int, list[str]]:
    """The size of the letters and the lines; what does not fit at the smallest ends with an ellipsis."""
    for size_px in _SIZES_PX:
        lines = _wrapped(text, _LINE_PX / size_px)
        longest_em = max(sum(map(_em, word)) for word in text.split(" "))
        whole = longest_em * size_px <= _LINE_PX or longest_em > _WORD_EM  # smaller rather than a word broken in two
        if len(lines) <= _MAX_LINES and (whole or size_px == _SIZES_PX[-1]):
            return size_px, lines
    return _SIZES_PX[-1], [*lines[: _MAX_LINES - 1], lines[_MAX_LINES - 1][:-1].rstrip() + "…"]


def _wrapped(text: str, width_em: float) -> list[str]:
    """Lines of at most ``width_em``: broken between words, and inside those that are longer, or written without spaces."""
    lines, line, used_em = list[str](), "", 0.0
    for word in text.split(" "):
        space_em = _em(" ") if line else 0.0
        word_em = sum(map(_em, word))
        if line and used_em + space_em + word_em <= width_em:
            line, used_em = f"{line} {word}", used_em + space_em + word_em
            continue
        if line:
            lines.append(line)
        line, used_em = "", 0.0
        for letter in word:
            if line and used_em + _em(letter) > width_em:
                lines.append(line)
                line, used_em = "", 0.0
            line, used_em = line + letter, used_em + _em(letter)
    return [*lines, line] if line or not lines else lines


def _em(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE_EM
    if letter in _NARROW:
        return _NARROW_EM
    return _CAPITAL_EM if letter.isupper() or letter in "mwMW@%&юшщжЮШЩЖ—" else _SMALL_EM
