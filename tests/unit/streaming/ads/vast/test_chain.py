"""From a tag to ads, through wrappers: who is told what, and where it ends."""

import pytest

from streaming.ads.vast.chain import MAX_REQUESTS, MAX_TRACKING_CHARS, MAX_WRAPPERS, Resolution, follow
from streaming.ads.vast.errors import AdRefused, VastError
from tests.unit.streaming.ads.vast import documents as d

ROOT = f"{d.BASE}/tag"


class Servers:
    """Ad servers in memory: address → answer, or why there is none."""

    def __init__(self, answers: dict[str, bytes | VastError]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        answer = self.answers.get(url, VastError.WRAPPER)
        if isinstance(answer, VastError):
            raise AdRefused(answer)
        return answer


async def resolve(*ads: str, **answers: bytes | VastError) -> Resolution:
    """The first answer has ``ads``; others are at ``BASE/name``."""
    found = {f"{d.BASE}/{name}": answer for name, answer in answers.items()}
    return await follow(ROOT, Servers({ROOT: d.vast(*ads), **found}))


def codes(result: Resolution) -> list[VastError]:
    return [failure.code for failure in result.failures]


async def test_an_ad_in_line() -> None:
    more = d.VERIFICATION + d.VIEWABLE
    result = await resolve(d.inline(d.linear(clicks=d.CLICKS), before=more, after=d.COMPANIONS))
    (ad,) = result.ads
    assert (ad.title, ad.duration_ms, ad.companions, ad.creative) == ("Tea", 16_000, 1, f"{d.BASE}/tea.mp4")
    assert ad.tracking == {
        "impression": (f"{d.BASE}/inline/impression?r=[CACHEBUSTING]", f"{d.BASE}/undetermined", f"{d.BASE}/unverified?r=[REASON]"),
        "error": (f"{d.BASE}/inline/error?code=[ERRORCODE]",),
        "click": (f"{d.BASE}/inline/click",),
        "start": (f"{d.BASE}/inline/start",),
        "complete": (f"{d.BASE}/inline/complete",),
    }  # fmt: skip
    assert [(answer.host, answer.version, answer.ads) for answer in result.answers] == [("ads.example", "4.2", 1)]
    assert result.failures == []


async def test_everybody_in_a_chain_is_told() -> None:
    result = await resolve(
        d.wrapper(f"{d.BASE}/second", name="w1"),
        second=d.vast(d.wrapper(f"{d.BASE}/third", name="w2"), version="2.0"),
        third=d.vast(d.inline(ids='<UniversalAdId idRegistry="Ad-ID">8465</UniversalAdId>'), version="3.0"),
    )
    (ad,) = result.ads
    assert ad.creative == f"Ad-ID 8465 {d.BASE}/tea.mp4"
    names = ("inline", "w2", "w1")
    assert [url.split("/")[3] for url in ad.tracking["impression"]] == list(names)
    assert [url.split("/")[3] for url in ad.tracking["error"]] == list(names)
    # creativeView is told at the same moment.
    assert [url.split("/", 3)[3] for url in ad.tracking["start"]] == [
        "inline/start", "w2/start", "w2/creativeView", "w1/start", "w1/creativeView",
    ]  # fmt: skip
    assert [url.split("/")[3] for url in ad.tracking["click"]] == ["w2", "w1"]


async def test_a_video_is_known_again_by_its_place_and_its_identifier() -> None:
    registered = '<UniversalAdId idRegistry="Ad-ID">8465</UniversalAdId>'

    async def creative(url: str, ids: str) -> str:
        return (await resolve(d.inline(d.linear(files=d.media(f"{d.BASE}/{url}")), ids=ids))).ads[0].creative

    assert await creative("a.mp4?sign=1", registered) == await creative("a.mp4?sign=2", registered)
    assert await creative("a.mp4", registered) != await creative("b.mp4", registered), (
        "an identifier that all of them have"
    )
    assert await creative("get?file=1", "") != await creative("get?file=2", "")


async def test_as_many_wrappers_as_the_standard_allows() -> None:
    def chain(length: int) -> dict[str, bytes | VastError]:
        names = [f"n{number}" for number in range(1, length + 1)]
        wrapped = {
            name: d.vast(d.wrapper(f"{d.BASE}/{after}"))
            for name, after in zip(names, [*names[1:], "last"], strict=True)
        }
        return {**wrapped, "last": d.vast(d.inline())}

    assert len((await resolve(d.wrapper(f"{d.BASE}/n1"), **chain(MAX_WRAPPERS - 1))).ads) == 1
    result = await resolve(d.wrapper(f"{d.BASE}/n1"), **chain(MAX_WRAPPERS))
    assert (result.ads, codes(result)) == ([], [VastError.WRAPPER_LIMIT])
    assert len(result.failures[0].error_urls) == MAX_WRAPPERS + 1, "each of them hears of it"


async def test_circles_end() -> None:
    for url in (ROOT, f"{d.BASE}/other"):
        result = await resolve(d.wrapper(url), other=d.vast(d.wrapper(f"{d.BASE}/other", name="again")))
        assert (result.ads, codes(result)) == ([], [VastError.WRAPPER_LIMIT])


async def test_a_tree_of_wrappers_ends() -> None:
    pod = [
        d.wrapper(f"{d.BASE}/t?{number}", sequence=f'sequence="{number + 1}"', attributes='allowMultipleAds="1"')
        for number in range(20)
    ]
    servers = Servers({})

    async def fetch(url: str) -> bytes:
        servers.asked.append(url)
        return d.vast(*[ad.replace("/t?", f"/{len(servers.asked)}?") for ad in pod])

    servers.fetch = fetch  # type: ignore[method-assign]
    result = await follow(ROOT, servers)
    assert (result.ads, len(servers.asked)) == ([], MAX_REQUESTS)


async def test_a_wrapper_that_wants_no_other() -> None:
    result = await resolve(
        d.wrapper(f"{d.BASE}/second", attributes='followAdditionalWrappers="false"'),
        second=d.vast(d.wrapper(f"{d.BASE}/third")),
        third=d.vast(d.inline()),
    )
    assert (result.ads, codes(result)) == ([], [VastError.WRAPPER_LIMIT])


async def test_a_pod_in_its_order_with_gaps_filled() -> None:
    def ad(title: str, sequence: int = 0, creative: str = "") -> str:
        return d.inline(creative, attributes=f'sequence="{sequence}"' if sequence else "").replace(
            "<AdTitle>Tea", f"<AdTitle>{title}"
        )

    result = await resolve(
        ad("Alone"),
        ad("Third", 3),
        ad("First", 1),
        ad("Broken", 2, d.linear(files="<x/>")),
        ad("Other"),
        ad("Late", 4, d.NON_LINEAR),
    )
    assert [found.title for found in result.ads] == ["First", "Alone", "Third", "Other"]
    assert codes(result) == [VastError.MEDIA_UNSUPPORTED, VastError.LINEARITY]


async def test_an_empty_wrapper_in_a_pod_is_filled_only_where_it_says_so() -> None:
    for falls_back, titles in (("1", ["Tea"]), ("0", [])):
        result = await resolve(
            d.wrapper(f"{d.BASE}/none", sequence='sequence="1"', attributes=f'fallbackOnNoAd="{falls_back}"'),
            d.inline(),
            none=d.vast(error=f"{d.BASE}/nothing"),
        )
        assert [ad.title for ad in result.ads] == titles
        assert result.failures[0].error_urls == (f"{d.BASE}/nothing", f"{d.BASE}/wrapper/error?code=[ERRORCODE]")


async def test_of_ads_that_stand_alone_the_first_that_can_be_shown() -> None:
    result = await resolve(
        d.inline(attributes='conditionalAd="true"'), d.wrapper(f"{d.BASE}/down"), d.inline(d.linear(duration="00:59:00")), d.inline(), d.inline()
    )  # fmt: skip
    assert len(result.ads) == 1
    assert codes(result) == [VastError.CONDITIONAL, VastError.WRAPPER, VastError.DURATION]


async def test_within_a_wrapper_one_ad_unless_it_allows_more() -> None:
    pod = d.vast(*[d.inline(attributes=f'sequence="{number}"') for number in (2, 1)])
    for attributes, count in (("", 1), ('allowMultipleAds="1"', 2)):
        result = await resolve(d.wrapper(f"{d.BASE}/pod", attributes=attributes), pod=pod)
        assert len(result.ads) == count


async def test_categories_that_a_wrapper_blocks() -> None:
    blocked = '<BlockedAdCategories authority="iab">IAB7 IAB8</BlockedAdCategories>'
    for category, shown in (("IAB8", 0), ("IAB1", 1)):
        inner = d.vast(d.inline(before=f'<Category authority="iab">{category}</Category>'))
        result = await resolve(d.wrapper(f"{d.BASE}/inner", more=blocked), inner=inner)
        assert len(result.ads) == shown
        assert codes(result) == [VastError.CATEGORY] * (1 - shown)


@pytest.mark.parametrize("answer", [VastError.WRAPPER_TIMEOUT, VastError.WRAPPER, b"<html/>"])
async def test_a_server_that_fails(answer: bytes | VastError) -> None:
    result = await resolve(d.wrapper(f"{d.BASE}/inner"), inner=answer)
    assert codes(result) == [answer if isinstance(answer, VastError) else VastError.XML]
    assert result.failures[0].error_urls == (f"{d.BASE}/wrapper/error?code=[ERRORCODE]",)


async def test_addresses_to_tell_are_bounded() -> None:
    many = "".join(f"<Impression>{d.BASE}/{number}/{'x' * 3_000}</Impression>" for number in range(30))
    (ad,) = (await resolve(d.inline(before=many))).ads
    assert sum(len(url) for urls in ad.tracking.values() for url in urls) <= MAX_TRACKING_CHARS
