"""Macros in addresses of ads (VAST 4.2 §6).  Pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

_MACRO: Final = re.compile(r"(?:\[|%5[Bb])([A-Z][A-Z0-9_]{1,39})(?:\]|%5[Dd])")
UNKNOWN: Final = "-1"
"""§6.1: the value is not known."""
WITHHELD: Final = "-2"
"""§6.1: the value is not told."""

_UNKNOWN: Final = frozenset(
    {
        "ADCOUNT",
        "ADSERVINGID",
        "CONTENTID",
        "CONTENTURI",
        "INVENTORYSTATE",
        "TRANSACTIONID",
        "PODSEQUENCE",
        "UNIVERSALADID",
    }
)
_WITHHELD: Final = frozenset({
    "ADCATEGORIES", "ADPLAYHEAD", "APPBUNDLE", "BLOCKEDADCATEGORIES", "BREAKMAXADLENGTH", "BREAKMAXADS", "BREAKMAXDURATION",
    "BREAKMINADLENGTH", "BREAKMINDURATION", "CLICKPOS", "CLICKTYPE", "CLIENTUA", "CONTENTCAT", "CONTENTPLAYHEAD", "DEVICEIP",
    "DEVICEUA", "DOMAIN", "EXTENSIONS", "GDPRCONSENT", "GPPSECTIONID", "GPPSTRING", "IFA", "IFATYPE", "LATLONG", "LIMITADTRACKING",
    "MEDIAPLAYHEAD", "OMIDPARTNER", "PAGEURL", "PLACEMENTTYPE", "PLAYERSIZE", "PLAYERSTATE", "REGULATIONS", "SERVERUA",
    "VERIFICATIONVENDORS",
})  # fmt: skip
"""Who watches, what and with which device is told to nobody."""


def expand(url: str, now: datetime, noise: str, values: Mapping[str, str] | None = None) -> str:
    """``url`` with its macros filled in: ``noise`` is a random number of eight digits, ``values`` says more, such as ``ERRORCODE``.

    What is in brackets and no macro of VAST stays, for it may be part of an address.
    """
    known = {
        "TIMESTAMP": quote(now.isoformat(timespec="milliseconds"), safe=""),
        "CACHEBUSTING": noise,
        "APIFRAMEWORKS": WITHHELD,
        "VASTVERSIONS": "2,3,5,6,7,8,11,12,13,14",  # §6.4: VAST 2.0 to 4.2, and wrappers of each
        "ADTYPE": "video",
        "MEDIAMIME": "video%2Fmp4,video%2Fwebm",
        "PLAYERCAPABILITIES": "skip",
        "REASON": "2",  # §3.17: of verification that is not run, for nothing here runs it
        "SERVERSIDE": "2",  # §6.7: fetched and told by the server, with a client that plays by itself
        **{name: quote(value, safe="") for name, value in (values or {}).items()},
    }

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in known:
            return known[name]
        if name in _UNKNOWN:
            return UNKNOWN
        return WITHHELD if name in _WITHHELD else match[0]

    return _MACRO.sub(value, url)
