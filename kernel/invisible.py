"""Letters and marks that show nothing: with them a name looks empty, or like somebody else's.

Control and format characters are not here, their category tells them apart; these are letters and marks by category
(Unicode, Default_Ignorable_Code_Point; UTS 39 §5.2 keeps them out of identifiers).
"""

from typing import Final

EMOJI_STYLE: Final = "\ufe0f"
"""Makes a sign an emoji; the one that text has a use for."""

_RANGES: Final = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180D),  # Mongolian variation selectors
    (0x180F, 0x180F),
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),  # Hangul filler
    (0xE0100, 0xE01EF),  # variation selectors, continued
)
INVISIBLE: Final = frozenset(chr(code) for first, last in _RANGES for code in range(first, last + 1))
