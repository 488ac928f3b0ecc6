"""Feeds of RSS 2.0, as DataLife Engine writes them too: one item is one work."""

import re
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from catalog.imports.faults import Why
from catalog.imports.records.airing import broadcasts_of
from catalog.imports.records.model import BadRecord, SourceRecord, checked
from catalog.imports.records.values import season_of, trailers_of, type_of, whole_of, words_of, year_of
from catalog.releases.external_ids import PATTERNS
from catalog.releases.model import ReleaseType
from catalog.releases.names import OtherName
from kernel.errors import Invalid

ITEMS_MAX: Final = 5_000
_EPISODES: Final = re.compile(r"(?:из|of|/)\s*(\d{1,4})", re.IGNORECASE)


class BadFeed(Invalid):
    """This is no feed that can be read: {why}."""


def items(text: str) -> Iterator[Element]:
    """The items of a feed.  Raises :class:`BadFeed`: also for entities and references to other documents."""
    try:
        root = ElementTree.fromstring(text.encode(), forbid_dtd=True)
    except DefusedXmlException:
        raise BadFeed(why=Why("it declares entities or refers to other documents", "feed_refers")) from None
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise BadFeed(why=Why(str(error)[:200], "no_feed")) from None
    for number, item in enumerate(root.iter("item")):
        if number >= ITEMS_MAX:
            raise BadFeed(why=Why(f"it has more than {ITEMS_MAX:,} items", "too_many_rows", rows=ITEMS_MAX))
        yield item


def record_of(item: Any) -> SourceRecord:
    """The work that an item is about: "Name / Original name [1-12 of 12]".  Raises :class:`BadRecord`."""
    heading = _text(item, "title")
    names = [part.strip() for part in _without_brackets(heading).split(" / ") if part.strip()]
    if not names:
        raise BadRecord(why=Why("it has no title", "no_title"))
    categories = [
        word for each in item.findall("category") for word in words_of("".join(each.itertext()).replace("/", ","))
    ]
    kinds = [kind for word in categories if (kind := type_of(word))]
    genres = tuple(word for word in categories if type_of(word) is None and year_of(word) is None)
    years = [year for word in (*categories, _text(item, "year"), heading) if (year := year_of(word))]
    found = _EPISODES.search(heading)
    kind = type_of(_text(item, "type")) or (kinds[0] if kinds else ReleaseType.TV)
    return checked(
        SourceRecord(
            key=_text(item, "guid") or _text(item, "link"),
            title=names[-1],
            names=tuple(OtherName(name) for name in names[:-1]),
            type=kind,
            year=years[0] if years else None,
            season=season_of(_text(item, "season")),
            description=_text(item, "description"),
            episodes_total=whole_of(found[1]) if found else None,
            external_ids={name: number for name in PATTERNS if (number := _text(item, f"{name}_id"))},
            genres=genres,
            trailers=trailers_of(["".join(each.itertext()).strip() for each in item.findall("trailer")]),
            broadcasts=broadcasts_of(_text(item, "airs"), _text(item, "airs_zone"), kind),
        )
    )


def _without_brackets(heading: str) -> str:
    """Without what stands in brackets at the end: "[1-12 of 12]"."""
    plain = heading.rstrip()
    if plain[-1:] not in {"]", ")"}:
        return plain
    opened = max(plain.rfind("["), plain.rfind("("))
    return plain[:opened].rstrip() if opened > 0 else plain


def _text(item: Any, name: str) -> str:
    found = item.find(name)
    return "" if found is None else "".join(found.itertext()).strip()
