r"""Override blocks of ASS, ``{\i1\an8}``, which SRT files have too (https://aegisub.org/docs/latest/ass_tags/)."""

import re
from typing import Final

_KNOWN: Final = re.compile(
    r"an?\d|[ibusq]\d*$|p\d+$|(?:pos|move|org|fade?|i?clip|t)\(|r|fn|fs|fe|fr[xyz]?-?\d|fa[xy]|[1-4]?[ca]&|[1-4]?[ca]$|alpha&"
    r"|[xy]?(?:bord|shad)|be\d|blur|[kK][fot]?\d|pbo",
    re.ASCII,
)
"""How an override begins, without its backslash."""

_LEGACY_ALIGNMENT: Final = {1: 1, 2: 2, 3: 3, 5: 7, 6: 8, 7: 9, 9: 4, 10: 5, 11: 6}
"""SSA's: bottom, top and middle, to the numeric keypad."""


def split(block: str) -> list[str]:
    r"""The overrides of a block without its braces: ``\i1\an8`` → ``i1``, ``an8``.  Comments between them are no overrides."""
    return [part.strip() for part in block.split("\\")[1:]]


def is_override(block: str) -> bool:
    r"""Whether ``block`` is nothing but overrides: ``{\an8}``, and neither ``{sighs}`` nor ``{\o/}``."""
    return block.startswith("\\") and all(_KNOWN.match(part) is not None for part in split(block))


def switch(override: str, tag: str) -> bool | None:
    """What ``override`` says of ``i``, ``b`` or ``u``: on, off, or nothing (``None``)."""
    value = override[1:]
    if not override.startswith(tag) or not (value == "" or (value.isascii() and value.isdigit())):
        return None
    return value.strip("0") != ""


def drawing(override: str) -> bool | None:
    r"""Whether a drawing begins (``\p1``) or ends (``\p0``)."""
    return switch(override, "p")


def alignment(override: str) -> int | None:
    r"""As on a numeric keypad, of ``\an8`` or SSA's ``\a6``."""
    name, number = ("an", override[2:]) if override.startswith("an") else ("a", override[1:])
    if not override.startswith(name) or not (number.isascii() and number.isdigit() and len(number) <= 2):
        return None
    return int(number) if name == "an" else legacy_alignment(int(number))


def legacy_alignment(number: int) -> int | None:
    r"""SSA's ``\a`` as a position on the numeric keypad; ``None`` for a number that it does not know."""
    return _LEGACY_ALIGNMENT.get(number)
