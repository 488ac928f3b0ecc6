"""Reading VAST: what each kind of document says, and what hostile ones do not do."""

import pytest

from streaming.ads.vast.document import MAX_ADS, MAX_BYTES, MAX_URLS, Skip, parse
from streaming.ads.vast.errors import AdRefused, VastError
from streaming.ads.vast.media import choose
from tests.unit.streaming.ads.vast import documents as d


@pytest.mark.parametrize("version", ["2.0", "3.0", "4.0", "4.1", "4.2", "4"])
@pytest.mark.parametrize("namespace", [True, False])
def test_an_ad_in_line_is_the_same_in_all_versions(version: str, namespace: bool) -> None:
    creative = d.linear(attributes='skipoffset="00:00:05"', clicks=d.CLICKS)
    document = parse(d.vast(d.inline(creative, after=d.COMPANIONS), version=version, namespace=namespace))
    (ad,) = document.ads
    assert (document.version, ad.system, ad.title, ad.advertiser, ad.companions) == (
        version,
        "Tea ads",
        "Tea",
        "Tea & Co",
        1,
    )
    assert ad.impressions == (f"{d.BASE}/inline/impression?r=[CACHEBUSTING]",)
    assert ad.errors == (f"{d.BASE}/inline/error?code=[ERRORCODE]",)
    linear = ad.linear
    assert linear is not None
    assert (linear.duration_ms, linear.skip, linear.click_url) == (
        16_000, Skip(at_ms=5_000), "https://tea.example/?a=1&b=[CACHEBUSTING]",
    )  # fmt: skip
    assert linear.tracking == {"start": (f"{d.BASE}/inline/start",), "complete": (f"{d.BASE}/inline/complete",)}
    assert linear.click_tracking == (f"{d.BASE}/inline/click",)
    assert [file.url for file in linear.media] == [f"{d.BASE}/tea.mp4"]


def test_a_wrapper_says_where_and_how() -> None:
    attributes = 'followAdditionalWrappers="0" allowMultipleAds="1" fallbackOnNoAd="true"'
    blocked = '<BlockedAdCategories authority="iab">IAB1 IAB2,IAB3</BlockedAdCategories>'
    (ad,) = parse(d.vast(d.wrapper(f"{d.BASE}/2", attributes=attributes, more=blocked))).ads
    wrapper = ad.wrapper
    assert wrapper is not None
    assert (wrapper.tag_url, wrapper.follows, wrapper.multiple, wrapper.falls_back) == (
        f"{d.BASE}/2",
        False,
        True,
        True,
    )
    assert wrapper.blocked_categories == (("iab", "IAB1"), ("iab", "IAB2"), ("iab", "IAB3"))
    assert ad.linear is not None
    assert set(ad.linear.tracking) == {"start", "creativeView"}
    assert ad.linear.click_tracking == (f"{d.BASE}/wrapper/click",), "of another creative of the same wrapper"


def test_what_newer_versions_add() -> None:
    ids = (
        '<UniversalAdId idRegistry="unknown">unknown</UniversalAdId><UniversalAdId idRegistry="Ad-ID">8465</UniversalAdId>'
        '<UniversalAdId idRegistry="clearcast.co.uk" idValue="C/1"/>'
    )
    more = f'{d.VERIFICATION}{d.VIEWABLE}<Category authority="iab">IAB1</Category>'
    (ad,) = parse(d.vast(d.inline(before=more, ids=ids, attributes='sequence="3" conditionalAd="true"'))).ads
    assert ad.universal_ids == (("Ad-ID", "8465"), ("clearcast.co.uk", "C/1"))
    assert (ad.unverified, ad.undetermined) == ((f"{d.BASE}/unverified?r=[REASON]",), (f"{d.BASE}/undetermined",))
    assert (ad.categories, ad.sequence, ad.is_conditional) == ((("iab", "IAB1"),), 3, True)


def test_verification_in_an_extension_as_vast_3_has_it() -> None:
    extension = f'<Extensions><Extension type="AdVerifications">{d.VERIFICATION}</Extension></Extensions>'
    (ad,) = parse(d.vast(d.inline(before=extension), version="3.0")).ads
    assert ad.unverified == (f"{d.BASE}/unverified?r=[REASON]",)


def test_no_ad_and_who_is_told() -> None:
    document = parse(d.vast(error=f"{d.BASE}/none?c=[ERRORCODE]"))
    assert (document.ads, document.errors) == ((), (f"{d.BASE}/none?c=[ERRORCODE]",))
    assert parse(b'<VAST version="3.0"/>').ads == ()
    assert parse(d.vast("<Ad/>", "<Ad><Other/></Ad>")).ads == (), "neither of the two kinds"


@pytest.mark.parametrize(
    ("text", "skip"),
    [("00:00:05", Skip(at_ms=5_000)), ("00:01:00.250", Skip(at_ms=60_250)), ("25%", Skip(part=0.25)), ("300%", Skip(part=1.0)),
     ("", None), ("soon", None), ("-1%", None), ("٣%", None)],
)  # fmt: skip
def test_when_it_may_be_skipped(text: str, skip: Skip | None) -> None:
    (ad,) = parse(d.vast(d.inline(d.linear(attributes=f'skipoffset="{text}"')))).ads
    assert ad.linear is not None
    assert ad.linear.skip == skip


def test_part_of_an_ad() -> None:
    assert [Skip(part=0.25).of(16_000), Skip(at_ms=5_000).of(16_000), Skip().of(16_000)] == [4_000, 5_000, 1]


def test_the_file_that_is_taken() -> None:
    def url(files: str) -> str | None:
        (ad,) = parse(d.vast(d.inline(d.linear(files=files)))).ads
        assert ad.linear is not None
        chosen = choose(ad.linear.media)
        return None if chosen is None else chosen.url.rpartition("/")[2]

    small, large, huge = (d.media(f"https://c/{height}", height=height) for height in (360, 1080, 2160))
    better = d.media("https://c/better", height=1080, kbps=4000)
    mezzanine = (
        '<Mezzanine delivery="progressive" type="video/mp4" width="1920" height="1080">https://c/mezzanine</Mezzanine>'
    )
    assert url(small + large + huge) == "1080"
    assert url(large + better + mezzanine) == "better"
    assert url(huge) == "2160"
    assert url(mezzanine) == "mezzanine", "where there is nothing else"
    vpaid = d.media("https://c/vpaid.js", kind="application/javascript", more='apiFramework="VPAID"')
    assert url(vpaid) is None
    assert url(d.media("https://c/simid.mp4", more='apiFramework="SIMID"')) is None, "a program"
    assert url(d.media("https://c/x", kind="application/x-mpegURL")) is None
    assert url('<MediaFile delivery="streaming" type="video/mp4">https://c/x</MediaFile>') is None
    assert url("<ClosedCaptionFiles/>") is None


BOMB = b'<!DOCTYPE v [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 10 + b'">]><VAST version="4.2">&b;</VAST>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", VastError.XML),
        (b"<html>", VastError.XML),
        (b"<html/>", VastError.XML),
        (b"{}", VastError.XML),
        (BOMB, VastError.XML),
        (b'<!DOCTYPE v SYSTEM "http://127.0.0.1/x.dtd"><VAST version="4.2"/>', VastError.XML),
        (b'<!DOCTYPE v [<!ENTITY f SYSTEM "file:///etc/passwd">]><VAST version="4.2">&f;</VAST>', VastError.XML),
        (b'<?xml version="1.0" encoding="nonsense"?><VAST version="4.2"/>', VastError.XML),
        (b'<?xml version="1.0" encoding="utf-7"?><VAST version="4.2"/>', VastError.XML),
        (b'<VAST version="4.2">' + b" " * MAX_BYTES + b"</VAST>", VastError.XML),
        (b'<VideoAdServingTemplate><Ad id="1"/></VideoAdServingTemplate>', VastError.VERSION),
        (b'<VAST version="1.0"/>', VastError.VERSION),
        (b'<VAST version="99"/>', VastError.VERSION),
        (b"<VAST/>", VastError.VERSION),
    ],
)  # fmt: skip
def test_what_is_no_vast(body: bytes, code: VastError) -> None:
    with pytest.raises(AdRefused) as refused:
        parse(body)
    assert refused.value.code is code


def test_a_document_of_nothing_but_depth_is_read_to_its_end() -> None:
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    assert parse(b'<VAST version="4.2">' + deep + b"</VAST>").ads == ()


def test_too_much_is_cut_off() -> None:
    many = "".join(f"<Impression>{d.BASE}/{number}</Impression>" for number in range(10 * MAX_URLS))
    ads = parse(d.vast(*[d.inline(before=many if number == 0 else "") for number in range(2 * MAX_ADS)])).ads
    assert (len(ads), len(ads[0].impressions)) == (MAX_ADS, MAX_URLS)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "/relative", "//host/x", "file:///etc/passwd", "", "https://" + "x" * 5_000, "data:,x"],
)
def test_other_addresses_are_none(url: str) -> None:
    clicks = f"<VideoClicks><ClickThrough><![CDATA[{url}]]></ClickThrough><ClickTracking><![CDATA[{url}]]></ClickTracking></VideoClicks>"
    impression = f"<Impression><![CDATA[{url}]]></Impression>"
    (ad, leads) = parse(
        d.vast(d.inline(d.linear(files=d.media(url), clicks=clicks), before=impression), d.wrapper(url))
    ).ads
    assert ad.linear is not None
    assert leads.wrapper is not None
    assert (ad.linear.click_url, ad.linear.click_tracking, ad.linear.media, leads.wrapper.tag_url) == ("", (), (), "")
    assert len(ad.impressions) == 1
