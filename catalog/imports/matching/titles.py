"""Which releases a title, with the season and year that were said beside it, may mean: rather none than the wrong one.

Names of files say no identifier, kind or length; so a title counts whole, a season has to agree, and two that fit are two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from catalog.imports.matching.rules import YEARS_APART, keys_of
from catalog.imports.matching.season_numbers import season_and_part

_ROMAN: Final = {2: "II", 3: "III", 4: "IV", 5: "V", 6: "VI", 7: "VII", 8: "VIII", 9: "IX"}
_ORDINAL: Final = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True, slots=True)
class NamedRelease:
    """A release and everything it is called."""

    release_id: str
    alias: str
    title: str
    names: tuple[str, ...]
    year: int | None
    is_film: bool

    @property
    def season(self) -> int:
        """As its names say it; 1 where they say nothing."""
        return season_and_part(self.names)[0]


def spellings(title: str, season: int | None) -> tuple[str, ...]:
    """How a catalogue may spell ``title`` in its ``season``; the first season mostly goes without a number."""
    if season is None:
        return (title,)
    number = f"{season}{'th' if season % 100 in {11, 12, 13} else _ORDINAL.get(season % 10, 'th')}"
    ends = [
        f"{number} Season",
        f"Season {season}",
        f"S{season}",
        str(season),
        f"第{season}期",
        f"{season} сезон",
        f"ТВ-{season}",
    ]
    if season in _ROMAN:
        ends.append(_ROMAN[season])
    return (title, *(f"{title} {end}" for end in ends))


def meant(title: str, season: int | None, year: int | None, releases: Iterable[NamedRelease]) -> Sequence[NamedRelease]:
    """Those of ``releases`` that may be meant.

    The number of the season in their names has to be the one said, in the title or beside it, or the name one of the
    :func:`spellings` with it ("Mob Psycho 100 II", where nobody reads it as a number).  Of several, the one of exactly that
    ``year``, where there is one.
    """
    plain, spelt = keys_of([title]), keys_of(spellings(title, season)[1:])
    in_title, part = season_and_part([title])
    wanted = in_title if season is None else season
    found = []
    for each in releases:
        keys, said = keys_of(each.names), season_and_part(each.names)
        named = said == (wanted, part) and bool(keys & (plain | spelt))
        spelt_out = said == (1, part) and bool(keys & spelt) and wanted > 1
        if (named or spelt_out) and (year is None or each.year is None or abs(each.year - year) <= YEARS_APART):
            found.append(each)
    exact = [each for each in found if year is not None and each.year == year]
    return exact if len(exact) == 1 else found
