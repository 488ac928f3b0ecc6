"""From the address of a tag to ads that can be shown, through the wrappers between (VAST 4.2 §2.4).  Pure but for the port."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import urlsplit

from streaming.ads.vast.document import Ad, Document, MediaFile, Skip, Urls, Wrapper, parse
from streaming.ads.vast.errors import AdRefused, VastError
from streaming.ads.vast.media import choose

MAX_WRAPPERS: Final = 5
"""§2.4.3.4: a chain of more than five is given up."""
MAX_REQUESTS: Final = 10
"""For one break: pods whose ads are wrappers each ask for more."""
MAX_POD: Final = 4
MAX_AD_MS: Final = 180_000
"""Longer ones are films, and cost as much to make ready."""
MAX_BREAK_MS: Final = 240_000
"""Of all ads of a pod together."""
MAX_TRACKING_CHARS: Final = 32_000
"""Of all addresses of an ad together: they are kept while it is shown."""

NAMES: Final[Mapping[str, str]] = {"creativeView": "start"}
"""Events that are told at the same moment as another one that players tell."""
TOLD: Final = ("start", "firstQuartile", "midpoint", "thirdQuartile", "complete", "skip")


class Tags(Protocol):
    """Ad servers."""

    async def fetch(self, url: str) -> bytes:
        """The document at an address.  Raises :class:`AdRefused`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAd:
    """An ad that can be shown, with what everybody in its chain wants to be told.  Macros are still in the addresses."""

    id: str
    system: str
    title: str
    advertiser: str
    media: MediaFile
    creative: str
    """What its video is called: where it is, and its identifier in a register of ads."""
    duration_ms: int
    skip: Skip | None
    click_url: str
    companions: int
    tracking: Mapping[str, Urls]
    """``impression``, ``error``, ``click`` and :data:`TOLD` → addresses."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there was no ad somewhere, and who is told."""

    code: VastError
    error_urls: Urls


@dataclass(frozen=True, slots=True)
class Answer:
    """What one server answered."""

    host: str
    version: str
    ads: int


@dataclass(slots=True)
class Resolution:
    """What came of a tag."""

    ads: list[FoundAd] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outer:
    """The wrappers that led to a document."""

    wrappers: tuple[Ad, ...] = ()
    urls: frozenset[str] = frozenset()
    multiple: bool = True
    follows: bool = True

    @property
    def error_urls(self) -> Urls:
        return tuple(url for each in self.wrappers for url in each.errors)

    def within(self, ad: Ad, url: str) -> "_Outer":
        assert ad.wrapper is not None
        return _Outer(
            wrappers=(*self.wrappers, ad),
            urls=self.urls | {url},
            multiple=ad.wrapper.multiple,
            follows=self.follows and ad.wrapper.follows,
        )


async def follow(url: str, tags: Tags) -> Resolution:
    """What comes of the tag at ``url``.  Whatever goes wrong is in it; ``tags`` ends in time."""
    chain = _Chain(tags)
    chain.result.ads += await chain.document(url, _Outer())
    return chain.result


class _Chain:
    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        self._requests = 0
        self.result = Resolution()

    async def document(self, url: str, outer: _Outer) -> list[FoundAd]:
        try:
            document = await self._ask(url, outer)
        except AdRefused as refused:
            self._fail(refused.code, outer.error_urls)
            return []
        self.result.answers.append(Answer(urlsplit(url).hostname or "", document.version, len(document.ads)))
        if not document.ads:
            self._fail(VastError.NO_AD, (*document.errors, *outer.error_urls))
            return []
        return await self._chosen(document, outer, url)

    async def _ask(self, url: str, outer: _Outer) -> Document:
        if len(outer.wrappers) > MAX_WRAPPERS or url in outer.urls or self._requests >= MAX_REQUESTS:
            raise AdRefused(VastError.WRAPPER_LIMIT)
        self._requests += 1
        return parse(await self._tags.fetch(url))

    async def _chosen(self, document: Document, outer: _Outer, url: str) -> list[FoundAd]:
        """§2.4.1: a pod in its order, in which ads that stand alone fill gaps; without one the first alone that can be shown."""
        pod = sorted((ad for ad in document.ads if ad.sequence), key=lambda ad: ad.sequence)
        alone = [ad for ad in document.ads if not ad.sequence]
        if not outer.multiple:  # §3.19: the first that stands alone, and many servers number their only one
            pod, alone = [], (alone or pod)[:1]
        if not pod:
            return await self._first_of(alone, outer, url)
        shown: list[FoundAd] = []
        for ad in pod[:MAX_POD]:
            found = await self._ad(ad, outer, url)
            if not found and (ad.wrapper is None or ad.wrapper.falls_back):
                found = await self._first_of(alone, outer, url)
            shown += found
        return shown[:MAX_POD]

    async def _first_of(self, alone: list[Ad], outer: _Outer, url: str) -> list[FoundAd]:
        while alone:
            ad = alone.pop(0)
            if found := await self._ad(ad, outer, url):
                return found
        return []

    async def _ad(self, ad: Ad, outer: _Outer, url: str) -> list[FoundAd]:
        try:
            if ad.wrapper is None:
                return [_in_line(ad, outer)]
            tag_url = _next(ad, ad.wrapper, outer)
        except AdRefused as refused:
            self._fail(refused.code, (*ad.errors, *outer.error_urls))
            return []
        return await self.document(tag_url, outer.within(ad, url))

    def _fail(self, code: VastError, error_urls: Sequence[str]) -> None:
        self.result.failures.append(Failure(code, tuple(error_urls)))


def _next(ad: Ad, wrapper: Wrapper, outer: _Outer) -> str:
    if ad.is_conditional:
        raise AdRefused(VastError.CONDITIONAL)
    if not wrapper.tag_url:
        raise AdRefused(VastError.WRAPPER)
    if not outer.follows:
        raise AdRefused(VastError.WRAPPER_LIMIT)
    return wrapper.tag_url


def _in_line(ad: Ad, outer: _Outer) -> FoundAd:
    linear = ad.linear
    if ad.is_conditional:
        raise AdRefused(VastError.CONDITIONAL)
    if linear is None:
        raise AdRefused(VastError.LINEARITY)
    blocked = {category for each in outer.wrappers if each.wrapper for category in each.wrapper.blocked_categories}
    if blocked.intersection(ad.categories):
        raise AdRefused(VastError.CATEGORY)
    if linear.duration_ms > MAX_AD_MS:
        raise AdRefused(VastError.DURATION)
    media = choose(linear.media)
    if media is None:
        raise AdRefused(VastError.MEDIA_UNSUPPORTED)
    # Who is nearest to the advertiser first, for all of them to be cut off from the other end.
    ads = (ad, *reversed(outer.wrappers))
    return FoundAd(
        id=ad.id,
        system=ad.system,
        title=ad.title,
        advertiser=ad.advertiser,
        media=media,
        creative=_creative(ad, media.url),
        duration_ms=linear.duration_ms,
        skip=linear.skip,
        click_url=linear.click_url,
        companions=ad.companions,
        tracking=_bounded(_tracking(ads)),
    )


def _creative(ad: Ad, url: str) -> str:
    """Where its video is; of one in a register without the query, in which servers sign.

    By the identifier alone another video would be shown where a server gives all of them the same one, as the IAB's samples do.
    """
    return " ".join((*ad.universal_ids[0], url.partition("?")[0])) if ad.universal_ids else url


def _tracking(ads: Sequence[Ad]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {
        # Nobody measures here what is in view, and no program of others is run: both are told with the impression.
        "impression": [url for ad in ads for url in (*ad.impressions, *ad.undetermined, *ad.unverified)],
        "error": [url for ad in ads for url in ad.errors],
        "click": [url for ad in ads if ad.linear for url in ad.linear.click_tracking],
    }
    for ad in ads:
        for event, urls in (ad.linear.tracking if ad.linear else {}).items():
            name = NAMES.get(event, event)
            if name in TOLD:
                told.setdefault(name, []).extend(urls)
    return told


def _bounded(tracking: Mapping[str, Sequence[str]]) -> dict[str, Urls]:
    left = MAX_TRACKING_CHARS
    bounded: dict[str, Urls] = {}
    for event, urls in tracking.items():
        kept = []
        for url in dict.fromkeys(urls):
            if len(url) <= left:
                kept.append(url)
                left -= len(url)
        if kept:
            bounded[event] = tuple(kept)
    return bounded
