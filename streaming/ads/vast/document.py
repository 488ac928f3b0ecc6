"""Reading VAST documents, versions 2.0 to 4.2, from whoever sends them.  Pure; sections are of VAST 4.2.

Names are read without their namespaces, for half of the world's ad servers name none.  What is missing is left out; what is too much is
cut off: a document is somebody else's, and its limits are ours.  Entities and document types are never read.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element, ParseError  # reading is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from streaming.ads.vast.errors import AdRefused, VastError

MAX_BYTES: Final = 1024 * 1024
"""IAB's samples have some 4 KB, and answers with a hundred trackers some 50."""
MAX_ADS: Final = 20
MAX_URLS: Final = 40
"""Of one kind in one ad."""
MAX_URL_CHARS: Final = 4_000
MAX_TEXT_CHARS: Final = 120
MAX_MEDIA_FILES: Final = 50
_VERSION: Final = re.compile(r"[234](?:\.\d)?", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?", re.ASCII)
_PERCENT: Final = re.compile(r"(\d{1,3})(?:\.\d{1,9})?%", re.ASCII)

Urls = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """One file of a creative (§3.9.1), or its mezzanine (§3.9.2)."""

    url: str
    type: str
    """MIME type, in lower case."""
    is_progressive: bool = True
    width_px: int = 0
    height_px: int = 0
    bitrate_kbps: int = 0
    api_framework: str = ""
    """``VPAID``, ``SIMID``: a program, and no video."""
    is_mezzanine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """``skipoffset`` (§3.8): a time, or a part of the duration."""

    at_ms: int = 0
    part: float = 0.0

    def of(self, duration_ms: int) -> int:
        """After how much of an ad of this length it may be skipped; at least 1 ms."""
        return max(self.at_ms or round(self.part * duration_ms), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A linear creative (§3.8), or what a wrapper adds to one (§3.19)."""

    duration_ms: int = 0
    """0: it does not say."""
    skip: Skip | None = None
    media: tuple[MediaFile, ...] = ()
    tracking: Mapping[str, Urls] = field(default_factory=dict)
    """Event (§3.14.1) → where it is told."""
    click_url: str = ""
    click_tracking: Urls = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """Where another server is asked (§3.19)."""

    tag_url: str
    follows: bool = True
    """``followAdditionalWrappers``."""
    multiple: bool = False
    """``allowMultipleAds``."""
    falls_back: bool = False
    """``fallbackOnNoAd``."""
    blocked_categories: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ad:
    """An ``Ad`` (§3.3) that is ``InLine``, or with ``wrapper`` leads on."""

    id: str = ""
    sequence: int = 0
    """Its place in a pod; 0: it stands alone."""
    is_conditional: bool = False
    """VAST 4.0 ``conditionalAd``: a program decides whether it is shown, and programs are not run here."""
    system: str = ""
    title: str = ""
    advertiser: str = ""
    categories: tuple[tuple[str, str], ...] = ()
    """Authority and code."""
    impressions: Urls = ()
    errors: Urls = ()
    undetermined: Urls = ()
    """``ViewUndetermined`` (§3.7): for players that do not measure what is in view."""
    unverified: Urls = ()
    """``verificationNotExecuted`` (§3.17): programs of others are not run here."""
    universal_ids: tuple[tuple[str, str], ...] = ()
    """Registry and value; those of registry ``unknown`` are left out."""
    linear: Linear | None = None
    companions: int = 0
    wrapper: Wrapper | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole answer."""

    version: str
    ads: tuple[Ad, ...] = ()
    errors: Urls = ()
    """Where it is told that there was no ad (§3.2.1)."""


def parse(body: bytes) -> Document:
    """Raises :class:`AdRefused` with ``XML`` and ``VERSION``."""
    if len(body) > MAX_BYTES:
        raise AdRefused(VastError.XML)
    try:
        root = fromstring(body.lstrip(), forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError, RecursionError):
        raise AdRefused(VastError.XML) from None
    if _name(root) == "VideoAdServingTemplate":  # VAST 1
        raise AdRefused(VastError.VERSION)
    version = root.get("version", "").strip()
    if _name(root) != "VAST":
        raise AdRefused(VastError.XML)
    if not _VERSION.fullmatch(version):
        raise AdRefused(VastError.VERSION)
    found = [ad for element in _some(root, "Ad", MAX_ADS) if (ad := _ad(element)) is not None]
    return Document(version=version, ads=tuple(found), errors=_urls(root, "Error"))


def _ad(element: Element) -> Ad | None:
    inline, wrapper = _first(element, "InLine"), _first(element, "Wrapper")
    content = inline if inline is not None else wrapper
    if content is None:
        return None
    creatives = list(_some(_first(content, "Creatives"), "Creative", MAX_ADS))
    verifications = _first(content, "AdVerifications")
    if verifications is None:  # VAST 2 and 3 have them in an extension
        extensions = _some(_first(content, "Extensions"), "Extension", MAX_ADS)
        verifications = next((each for one in extensions for each in _some(one, "AdVerifications", 1)), None)
    return Ad(
        id=element.get("id", "")[:MAX_TEXT_CHARS],
        sequence=max(_number(element.get("sequence")), 0),
        is_conditional=_is_true(element.get("conditionalAd"), default=False),
        system=_text(content, "AdSystem"),
        title=_text(content, "AdTitle"),
        advertiser=_text(content, "Advertiser"),
        categories=_categories(content, "Category"),
        impressions=_urls(content, "Impression"),
        errors=_urls(content, "Error"),
        undetermined=_urls(_first(content, "ViewableImpression"), "ViewUndetermined"),
        unverified=_unverified(verifications),
        universal_ids=_universal_ids(creatives),
        linear=_linear(creatives),
        companions=sum(1 for each in creatives for _ in _some(_first(each, "CompanionAds"), "Companion", MAX_ADS)),
        wrapper=None if inline is not None or wrapper is None else _wrapper(wrapper),
    )


def _wrapper(element: Element) -> Wrapper:
    return Wrapper(
        tag_url=next(iter(_urls(element, "VASTAdTagURI")), ""),
        follows=_is_true(element.get("followAdditionalWrappers"), default=True),
        multiple=_is_true(element.get("allowMultipleAds"), default=False),
        falls_back=_is_true(element.get("fallbackOnNoAd"), default=False),
        blocked_categories=_categories(element, "BlockedAdCategories"),
    )


def _linear(creatives: list[Element]) -> Linear | None:
    """All linear creatives as one: a wrapper has its trackers in one and its clicks in another."""
    found = [linear for creative in creatives for linear in _some(creative, "Linear", 1)]
    if not found:
        return None
    # Of an ad in line the first that has a video counts, and its trackers alone; of a wrapper all.
    with_media = [linear for linear in found if _first(linear, "MediaFiles") is not None][:1]
    counted = with_media or found
    tracking: dict[str, Urls] = {}
    click_url, click_tracking = "", tuple[str, ...]()
    for linear in counted:
        for element in _some(_first(linear, "TrackingEvents"), "Tracking", 10 * MAX_URLS):
            event, url = element.get("event", "").strip(), _url(element)
            if url and len(event) <= MAX_TEXT_CHARS and len(tracking.get(event, ())) < MAX_URLS:
                tracking[event] = (*tracking.get(event, ()), url)
        clicks = _first(linear, "VideoClicks")
        click_url = click_url or next(iter(_urls(clicks, "ClickThrough")), "")
        click_tracking = (*click_tracking, *_urls(clicks, "ClickTracking"))[:MAX_URLS]
    first = counted[0]
    return Linear(
        duration_ms=_clock_ms(_text(first, "Duration")) or 0,
        skip=_skip(first.get("skipoffset", "")),
        media=tuple(_media(_first(first, "MediaFiles"))),
        tracking=tracking,
        click_url=click_url,
        click_tracking=click_tracking,
    )


def _media(files: Element | None) -> Iterator[MediaFile]:
    for name in ("MediaFile", "Mezzanine"):
        for element in _some(files, name, MAX_MEDIA_FILES):
            url = _url(element)
            if url:
                yield MediaFile(
                    url=url,
                    type=element.get("type", "").strip().lower()[:MAX_TEXT_CHARS],
                    is_progressive=element.get("delivery", "progressive").strip().lower() == "progressive",
                    width_px=_number(element.get("width")),
                    height_px=_number(element.get("height")),
                    bitrate_kbps=_number(element.get("bitrate") or element.get("maxBitrate")),
                    api_framework=element.get("apiFramework", "").strip()[:MAX_TEXT_CHARS],
                    is_mezzanine=name == "Mezzanine",
                )


def _universal_ids(creatives: list[Element]) -> tuple[tuple[str, str], ...]:
    found = []
    for creative in creatives:
        if _first(creative, "Linear") is None:
            continue
        for element in _some(creative, "UniversalAdId", MAX_ADS):
            registry = element.get("idRegistry", "").strip()
            value = ((element.text or "").strip() or element.get("idValue", "").strip())[:MAX_TEXT_CHARS]
            if value and value != "unknown" and registry and registry.lower() != "unknown":
                found.append((registry[:MAX_TEXT_CHARS], value))
    return tuple(found)


def _unverified(verifications: Element | None) -> Urls:
    found = [
        url
        for verification in _some(verifications, "Verification", MAX_ADS)
        for element in _some(_first(verification, "TrackingEvents"), "Tracking", MAX_URLS)
        if element.get("event") == "verificationNotExecuted" and (url := _url(element))
    ]
    return tuple(found[:MAX_URLS])


def _categories(parent: Element, name: str) -> tuple[tuple[str, str], ...]:
    found = []
    for element in _some(parent, name, MAX_URLS):
        authority = element.get("authority", "").strip()[:MAX_TEXT_CHARS]
        # Of blocked ones several stand in one element, with commas or blanks between.
        codes = (element.text or "")[:MAX_URL_CHARS].replace(",", " ").split()
        found += [(authority, code[:MAX_TEXT_CHARS]) for code in codes[:MAX_URLS]]
    return tuple(found[:MAX_URLS])


def _skip(text: str) -> Skip | None:
    text = text.strip()
    if (at_ms := _clock_ms(text)) is not None:
        return Skip(at_ms=at_ms)
    if _PERCENT.fullmatch(text):
        return Skip(part=min(float(text[:-1]) / 100, 1.0))
    return None


def _clock_ms(text: str) -> int | None:
    """``HH:MM:SS`` or ``HH:MM:SS.mmm`` (§3.8.1)."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, rest = match.groups()
    return (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int(((rest or "") + "000")[:3])


def _urls(parent: Element | None, name: str) -> Urls:
    return tuple(url for element in _some(parent, name, MAX_URLS) if (url := _url(element)))


def _url(element: Element) -> str:
    """Its text where that is the address of a page: other schemes and relative ones are nothing that is asked."""
    url = (element.text or "").strip()
    return url if len(url) <= MAX_URL_CHARS and url[:8].lower().startswith(("http://", "https://")) else ""


def _text(parent: Element, name: str) -> str:
    """One line, without what no database and no page would take."""
    element = _first(parent, name)
    text = "" if element is None else (element.text or "")[: 10 * MAX_TEXT_CHARS]
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()[:MAX_TEXT_CHARS]


def _first(parent: Element | None, name: str) -> Element | None:
    return next(_some(parent, name, 1), None)


def _some(parent: Element | None, name: str, limit: int) -> Iterator[Element]:
    found = 0
    for child in () if parent is None else parent:
        if _name(child) == name:
            yield child
            found += 1
            if found >= limit:
                return


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _number(text: str | None) -> int:
    """A whole number; 0 for everything else."""
    try:
        number = float((text or "0")[:12])
    except ValueError:
        return 0
    return int(number) if math.isfinite(number) and 0 <= number < 1e9 else 0


def _is_true(text: str | None, *, default: bool) -> bool:
    return default if text is None else text.strip().lower() in {"1", "true"}
