"""What people add to a name to say which of several works of that name they mean: its year, and what kind of work it is."""

import re
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

SERIES, FILM, SPECIAL = 0, 1, 2
"""Kinds of works, as ``NamedRelease.side_work`` has them."""
_KINDS: Final = (
    (re.compile(r"\b(?:the )?(?:movie|gekijo ?ban|film|eiga)\b(?: \d{1,2}$)?"), FILM),
    (re.compile(r"\b(?:ova|oad|specials?|tokubetsu ?hen)\b(?: \d{1,2}$)?"), SPECIAL),
    (re.compile(r"\btv\b"), SERIES),
)
"""In keys: "gekijouban" is written "gekijoban" there."""
_YEAR: Final = re.compile(r" (19[1-9]\d|20[0-4]\d)\b")
_TYPED: Final = ("movie", "special")
"""Looked for with one typo as well; what is shorter would be found in half of all names."""
_LETTERS_MIN: Final = 3
"""Of a name, or it is no name: "Movie 2" is asked for as it stands."""

_OTHER_YEAR: Final = 0.1
_UNKNOWN_YEAR: Final = 0.05
_NEXT_YEAR: Final = 0.02
"""Catalogues differ by one about what begins in winter, or was shown at a festival first."""
_OTHER_KIND: Final = 0.12
"""As much as a film loses whose name goes on for long: "Overlord movie" is not the series, though that is called so."""


@dataclass(frozen=True, slots=True)
class Qualified:
    """A name, and which of the works called so is meant."""

    name: str
    year: int = 0
    """0 where nothing is said."""
    kind: int | None = None

    def difference(self, year: int, kind: int) -> float:
        """What is taken from the score of a work of another year (0: unknown) or kind."""
        taken = 0.0
        if self.year:
            apart = abs(self.year - year)
            taken += _UNKNOWN_YEAR if not year else 0.0 if not apart else _NEXT_YEAR if apart == 1 else _OTHER_YEAR
        if self.kind is not None and self.kind != kind:
            taken += _OTHER_KIND
        return taken


def qualified(key: str) -> Qualified | None:
    """``key`` as a name with a year or a kind, ``None`` where it has neither."""
    found = _YEAR.search(key)
    year = int(found[1]) if found else 0
    name, kind = (_YEAR.sub("", key, count=1) if found else key), None
    for words, meant in _KINDS:
        if words.search(name):
            name, kind = words.sub(" ", name), meant
            break
    else:
        name, kind = _typed(name)
    name = " ".join(name.split())
    if (not year and kind is None) or len(name) < _LETTERS_MIN:
        return None
    return Qualified(name, year, kind)


def _typed(name: str) -> tuple[str, int | None]:
    words = name.split()
    for place, word in enumerate(words):
        for meant in _TYPED:
            if len(word) >= len(meant) and OSA.distance(word, meant, score_cutoff=1) == 1:
                return " ".join(words[:place] + words[place + 1 :]), FILM if meant == "movie" else SPECIAL
    return name, None
