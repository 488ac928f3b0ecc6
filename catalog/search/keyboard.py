"""What was meant when the keyboard stood on another layout: "yfhenj" is «наруто»."""

from typing import Final

_LATIN: Final = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC: Final = "йцукенгшщзхъфывапролджэячсмитьбюё"
_SHIFTED: Final = str.maketrans('{}:"<>~', "[];',.`")
_TO_CYRILLIC: Final = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN: Final = str.maketrans(_CYRILLIC, _LATIN)


def other_layout(text: str) -> str | None:
    """``text`` in small letters as typed on the other of QWERTY and ЙЦУКЕН; ``None`` where it has letters of both or neither."""
    small = text.lower()
    latin = any("a" <= letter <= "z" for letter in small)
    cyrillic = any("а" <= letter <= "я" or letter == "ё" for letter in small)
    if latin == cyrillic:
        return None
    return small.translate(_SHIFTED).translate(_TO_CYRILLIC) if latin else small.translate(_TO_LATIN)
