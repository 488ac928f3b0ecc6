"""When two names are one to the eye, and characters that show nothing (UTS 39).  Pure."""

import unicodedata
from functools import lru_cache
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
"""Letters and marks that show nothing: with them a name looks empty, or like somebody else's.

Control and format characters are not here, their category tells them apart; these are letters and marks by category
(Unicode, Default_Ignorable_Code_Point; UTS 39 §5.2 keeps them out of identifiers).
"""

SEPARATORS: Final = frozenset(" _-.'")
"""What a name is told by is not where its parts are joined: "Ani Fan" is "ani_fan"."""

NAMES_KEPT: Final = 16_384
"""Keys in memory: the members of a few full parties, asked for at every arrival."""

# Letters that cannot be told from a Latin one in the usual typefaces (a choice of UTS 39, confusables).  Small letters go with
# their capitals, so that case does not count: Greek eta is h for the sake of H.
_CAPITALS: Final = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕЅКМНОРСТУХІЈ", "ABEZHIKMNOPTYXABESKMHOPCTYXIJ")
_LETTERS: Final = str.maketrans(
    "αβεζηικμνορτυχγавеѕкмнорстухіјһԁԛԝɑıɡօոսհցզ", "abezhikmnoptyxyabeskmhopctyxijhdqwaigonuhgq"
)
_SHAPES: Final = str.maketrans("i1|0", "lllo")
_DIACRITICS: Final = range(0x0300, 0x0370)
_UNSEEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})


def name_key(name: str) -> str:
    """What names of accounts are unique by: case, the encoding of accents and separators do not count."""
    folded = unicodedata.normalize("NFKC", name.casefold())
    return "".join(char for char in folded if char not in SEPARATORS)


@lru_cache(maxsize=NAMES_KEPT)
def lookalike_key(name: str) -> str:
    """The same for names nobody has vetted: what cannot be seen, accents and the alphabet of a letter do not count either.

    >>> lookalike_key("Нost\u200bX") == lookalike_key("HOST X")
    True
    """
    plain = unicodedata.normalize("NFKD", name.translate(_CAPITALS))
    seen = "".join(
        char
        for char in plain
        if unicodedata.category(char) not in _UNSEEN_CATEGORIES
        and char not in INVISIBLE
        and ord(char) not in _DIACRITICS
    )
    letters = name_key(seen).translate(_LETTERS).translate(_SHAPES)
    return letters.replace("rn", "m").replace("vv", "w") or seen or name
