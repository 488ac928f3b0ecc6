"""Language tags (BCP 47, RFC 5646) and the choice among them (RFC 4647).  Pure."""

import re
from collections.abc import Collection
from typing import Final

from kernel.errors import Invalid

TAG_MAX: Final = 35
"""Characters; the longest tag a program has to take (RFC 5646 §4.4.1)."""

HEADER_MAX: Final = 1_000
"""Characters of ``Accept-Language`` that are looked at; browsers send a tenth of it."""

# Language, script, region and variants (RFC 5646 §2.1); private use, extensions and grandfathered tags name no translation.
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)",
    re.ASCII | re.IGNORECASE,
)
_WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII | re.IGNORECASE)


class BadLanguage(Invalid):
    """A language is a BCP 47 tag, such as "en", "pt-BR" or "zh-Hant"."""


def canonical(tag: str) -> str:
    """``tag`` in its usual spelling: ``zh-hant-tw`` is ``zh-Hant-TW`` (RFC 5646 §2.1.1).  Raises :class:`BadLanguage`."""
    match = _TAG.fullmatch(tag) if len(tag) <= TAG_MAX else None
    if match is None:
        raise BadLanguage
    parts = [match["language"].lower()]
    if match["script"]:
        parts.append(match["script"].title())
    if match["region"]:
        parts.append(match["region"].upper())
    return "-".join(parts) + match["variants"].lower()


def most_wanted(header: str) -> str | None:
    """The language that ``Accept-Language`` asks for first (RFC 9110 §12.5.4), ``None`` where it asks for none of ours.

    The others in the header do not count: the original is in a language nobody told us, and may well be the reader's
    second choice itself.
    """
    best, best_weight = None, 0.0
    for element in header[:HEADER_MAX].split(","):
        tag, *parameters = (part.strip() for part in element.split(";"))
        weight = 1.0
        for parameter in parameters:
            match = _WEIGHT.fullmatch(parameter)
            weight = float(match[1]) if match else 0.0
        if weight > best_weight:
            best, best_weight = tag, weight
    if best is None or _TAG.fullmatch(best) is None or len(best) > TAG_MAX:
        return None
    return canonical(best)


def lookup(wanted: str, available: Collection[str]) -> str | None:
    """The best of ``available`` for a reader of ``wanted`` (both canonical), or ``None``.

    As RFC 4647 §3.4 says, ``pt-BR`` is content with ``pt``; beyond it, ``pt`` is content with ``pt-BR``.
    """
    shortened = wanted
    while shortened:
        if shortened in available:
            return shortened
        shortened = shortened.rpartition("-")[0]
    return min((tag for tag in available if tag.startswith(f"{wanted}-")), default=None)
