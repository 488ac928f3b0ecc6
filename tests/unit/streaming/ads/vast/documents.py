"""Answers of ad servers, one in the shape of each kind of sample that the IAB has."""

BASE = "https://ads.example"


def vast(*ads: str, version: str = "4.2", namespace: bool = True, error: str = "") -> bytes:
    """A whole document."""
    name = ' xmlns="http://www.iab.com/VAST"' if namespace else ""
    told = f"<Error><![CDATA[{error}]]></Error>" if error else ""
    return f'<?xml version="1.0"?>\n<VAST version="{version}"{name}>{told}{"".join(ads)}</VAST>'.encode()


def media(
    url: str = f"{BASE}/tea.mp4", *, height: int = 720, kbps: int = 2000, kind: str = "video/mp4", more: str = ""
) -> str:
    """A media file."""
    return (
        f'<MediaFile delivery="progressive" type="{kind}" width="{height * 16 // 9}" height="{height}" bitrate="{kbps}" {more}>'
        f"\n<![CDATA[{url}]]>\n</MediaFile>"
    )


def tracking(where: str, *events: str) -> str:
    """Trackers of a linear creative."""
    told = "".join(f'<Tracking event="{event}"><![CDATA[{BASE}/{where}/{event}]]></Tracking>' for event in events)
    return f"<TrackingEvents>{told}</TrackingEvents>"


def linear(
    *,
    files: str = "",
    duration: str = "00:00:16",
    attributes: str = "",
    events: tuple[str, ...] = ("start", "complete"),
    clicks: str = "",
) -> str:
    """A linear creative of an ad in line."""
    return (
        f"<Linear {attributes}>{tracking('inline', *events)}<Duration>{duration}</Duration>"
        f"<MediaFiles>{files or media()}</MediaFiles>{clicks}</Linear>"
    )


CLICKS = (
    f"<VideoClicks><ClickThrough><![CDATA[https://tea.example/?a=1&b=[CACHEBUSTING]]]></ClickThrough>"
    f"<ClickTracking>{BASE}/inline/click</ClickTracking></VideoClicks>"
)
COMPANIONS = (
    '<Creative id="2"><CompanionAds><Companion width="300" height="250"><StaticResource creativeType="image/png">'
    f'{BASE}/side.png</StaticResource><TrackingEvents><Tracking event="creativeView">{BASE}/side</Tracking></TrackingEvents>'
    "</Companion></CompanionAds></Creative>"
)


def inline(creative: str = "", *, attributes: str = 'id="a1"', before: str = "", after: str = "", ids: str = "") -> str:
    """An ad with its creative."""
    return (
        f"<Ad {attributes}><InLine><AdSystem>Tea ads</AdSystem><Error><![CDATA[{BASE}/inline/error?code=[ERRORCODE]]]></Error>"
        f'{before}<Impression id="i"><![CDATA[ {BASE}/inline/impression?r=[CACHEBUSTING] ]]></Impression><AdTitle>Tea</AdTitle>'
        f'<Advertiser>Tea &amp; Co</Advertiser><Creatives><Creative id="1" sequence="1">{creative or linear()}{ids}</Creative>{after}'
        "</Creatives></InLine></Ad>"
    )


def wrapper(url: str, *, name: str = "wrapper", attributes: str = "", sequence: str = "", more: str = "") -> str:
    """An ad that is another server's."""
    return (
        f"<Ad {sequence}><Wrapper {attributes}><AdSystem>Exchange</AdSystem><VASTAdTagURI><![CDATA[{url}]]></VASTAdTagURI>"
        f"<Error>{BASE}/{name}/error?code=[ERRORCODE]</Error><Impression>{BASE}/{name}/impression</Impression>{more}<Creatives>"
        f"<Creative><Linear>{tracking(name, 'start', 'creativeView')}</Linear></Creative><Creative><Linear><VideoClicks><ClickTracking>"
        f"{BASE}/{name}/click</ClickTracking></VideoClicks></Linear></Creative></Creatives></Wrapper></Ad>"
    )


NON_LINEAR = (
    f'<NonLinearAds><NonLinear width="300" height="50"><StaticResource creativeType="image/png">{BASE}/n.png</StaticResource>'
    "</NonLinear></NonLinearAds>"
)
VERIFICATION = (
    '<AdVerifications><Verification vendor="v"><JavaScriptResource apiFramework="omid">https://v.example/v.js</JavaScriptResource>'
    f'<TrackingEvents><Tracking event="verificationNotExecuted">{BASE}/unverified?r=[REASON]</Tracking></TrackingEvents>'
    "</Verification></AdVerifications>"
)
VIEWABLE = (
    f"<ViewableImpression><Viewable>{BASE}/viewable</Viewable><NotViewable>{BASE}/not</NotViewable>"
    f"<ViewUndetermined>{BASE}/undetermined</ViewUndetermined></ViewableImpression>"
)
