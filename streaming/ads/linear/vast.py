"""Ads as a VAST 4.2 document (IAB Tech Lab, Video Ad Serving Template 4.2).  Pure; sections are of that document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # only writes

VERSION = "4.2"
NAMESPACE = "http://www.iab.com/VAST"
HLS_TYPE = "application/x-mpegURL"


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineAd:
    """One ad with one linear creative.  Addresses are absolute."""

    ad_id: str
    title: str
    advertiser: str
    duration_ms: int
    media_url: str
    width_px: int
    height_px: int
    impression_url: str
    error_url: str
    tracking_urls: Mapping[str, str]
    """Event of §3.14.1 → where it is told."""
    click_url: str = ""
    click_tracking_url: str = ""
    skip_after_ms: int = 0
    """0: it cannot be skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapperAd:
    """A place for ads of another server, which the player asks itself (§3.19)."""

    ad_id: str
    tag_url: str
    impression_url: str
    error_url: str
    tracking_urls: Mapping[str, str]
    click_tracking_url: str


def document(ads: Sequence[InlineAd | WrapperAd]) -> str:
    """The whole document; without ads it is the empty response of §2.4.2.4."""
    root = Element("VAST", {"version": VERSION, "xmlns": NAMESPACE})
    for number, ad in enumerate(ads, start=1):
        element = SubElement(root, "Ad", {"id": ad.ad_id, "sequence": str(number)})
        if isinstance(ad, InlineAd):
            _inline(element, ad)
        else:
            _wrapper(element, ad)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _inline(parent: Element, ad: InlineAd) -> None:
    # The order of children is that of the schema: those of a base type before those of the type itself.
    inline = SubElement(parent, "InLine")
    _text(inline, "AdSystem", "Ani")
    _text(inline, "Error", f"{ad.error_url}?code=[ERRORCODE]")
    _text(inline, "Impression", ad.impression_url)
    _text(inline, "AdServingId", ad.impression_url.rsplit("/", 2)[-2])
    _text(inline, "AdTitle", ad.title)
    if ad.advertiser:
        _text(inline, "Advertiser", ad.advertiser)
    creative = SubElement(SubElement(inline, "Creatives"), "Creative", {"id": ad.ad_id, "adId": ad.ad_id})
    _linear(SubElement(creative, "Linear"), ad)
    _text(creative, "UniversalAdId", ad.ad_id).set("idRegistry", "unknown")


def _wrapper(parent: Element, ad: WrapperAd) -> None:
    # Several ads may come of it, and it says itself what is to be done where none does.
    wrapper = SubElement(parent, "Wrapper", {"followAdditionalWrappers": "true", "allowMultipleAds": "true"})
    _text(wrapper, "AdSystem", "Ani")
    _text(wrapper, "Error", f"{ad.error_url}?code=[ERRORCODE]")
    _text(wrapper, "Impression", ad.impression_url)
    linear = SubElement(SubElement(SubElement(wrapper, "Creatives"), "Creative"), "Linear")
    _tracking(linear, ad.tracking_urls)
    _text(SubElement(linear, "VideoClicks"), "ClickTracking", ad.click_tracking_url)
    _text(wrapper, "VASTAdTagURI", ad.tag_url)


def _tracking(linear: Element, urls: Mapping[str, str]) -> None:
    events = SubElement(linear, "TrackingEvents")
    for name, url in urls.items():
        _text(events, "Tracking", url).set("event", name)


def _linear(linear: Element, ad: InlineAd) -> None:
    if ad.skip_after_ms:
        linear.set("skipoffset", clock(ad.skip_after_ms))  # §3.8
    _tracking(linear, ad.tracking_urls)
    _text(linear, "Duration", clock(ad.duration_ms))
    media = {"delivery": "streaming", "type": HLS_TYPE, "width": str(ad.width_px), "height": str(ad.height_px)}
    _text(SubElement(linear, "MediaFiles"), "MediaFile", ad.media_url).attrib.update(media)
    if ad.click_url:
        clicks = SubElement(linear, "VideoClicks")
        _text(clicks, "ClickTracking", ad.click_tracking_url)
        _text(clicks, "ClickThrough", ad.click_url)


def _text(parent: Element, name: str, text: str) -> Element:
    child = SubElement(parent, name)
    child.text = text
    return child


def clock(milliseconds: int) -> str:
    """``HH:MM:SS.mmm``, as VAST writes durations and offsets (§3.8.1)."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}.{rest:03}"
