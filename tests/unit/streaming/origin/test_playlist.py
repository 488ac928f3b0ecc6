"""RFC 8216 §4.3.4: the multivariant playlist, whole texts."""

from dataclasses import replace

from streaming.origin.ladder import IFrames, Ladder, Rendition, Variant
from streaming.origin.playlist import multivariant_text, offer_of
from streaming.origin.quality import PlayerDevice, Selection, select
from streaming.origin.steering.model import Offer, Pathway, Pathways

HD = Variant(
    uri="v720/main.m3u8",
    bandwidth_bps=3_100_000,
    average_bandwidth_bps=2_600_000,
    width_px=1280,
    height_px=720,
    frame_rate=24000 / 1001,
    codecs=("avc1.64001f", "mp4a.40.2"),
    audio="audio",
    subtitles="text",
    closed_captions="NONE",
)
SD = replace(HD, uri="v360/main.m3u8", bandwidth_bps=800_000, width_px=640, height_px=360, average_bandwidth_bps=None)
ENGLISH = Rendition(
    kind="AUDIO", group="audio", name="English", uri="a-en/main.m3u8", language="en", autoselect=True, channels="2"
)
RUSSIAN = replace(ENGLISH, name="Русский", uri="a-ru/main.m3u8", language="ru")
SUBTITLES = Rendition(
    kind="SUBTITLES", group="text", name='"Signs"\r\n', uri="s-en/main.m3u8", language="en", forced=True
)
IFRAMES = IFrames(
    uri="v720/iframe.m3u8",
    bandwidth_bps=90_000,
    average_bandwidth_bps=80_000,
    width_px=1280,
    height_px=720,
    codecs=("avc1.64001f",),
)
SD_IFRAMES = replace(IFRAMES, uri="v360/iframe.m3u8", width_px=640, height_px=360)
FULL = Ladder((HD, SD), (ENGLISH, RUSSIAN, SUBTITLES), (IFRAMES, SD_IFRAMES))


def test_everything() -> None:
    assert multivariant_text(FULL, select(FULL.variants, throughput_bps=1e9)) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",LANGUAGE="en",NAME="English",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a-en/main.m3u8"\n'
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",LANGUAGE="ru",NAME="Русский",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="a-ru/main.m3u8"\n'
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",LANGUAGE="en",NAME="\'Signs\'  ",DEFAULT=NO,AUTOSELECT=NO,FORCED=YES,URI="s-en/main.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=3100000,AVERAGE-BANDWIDTH=2600000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=23.976,AUDIO="audio",SUBTITLES="text",CLOSED-CAPTIONS=NONE\n'
        "v720/main.m3u8\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=23.976,AUDIO="audio",SUBTITLES="text",CLOSED-CAPTIONS=NONE\n'
        "v360/main.m3u8\n"
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,AVERAGE-BANDWIDTH=80000,CODECS="avc1.64001f",RESOLUTION=1280x720,URI="v720/iframe.m3u8"\n'
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,AVERAGE-BANDWIDTH=80000,CODECS="avc1.64001f",RESOLUTION=640x360,URI="v360/iframe.m3u8"\n'
    )


def test_what_is_left_out_takes_its_iframes_and_groups_along() -> None:
    uhd_only_sound = replace(ENGLISH, group="hd-audio")
    ladder = Ladder((replace(HD, audio="hd-audio"), SD), (uhd_only_sound, ENGLISH), (IFRAMES, SD_IFRAMES))

    assert multivariant_text(ladder, select(ladder.variants, throughput_bps=1e9, device=PlayerDevice(640, 360))) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",LANGUAGE="en",NAME="English",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a-en/main.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=23.976,AUDIO="audio",SUBTITLES="text",CLOSED-CAPTIONS=NONE\n'
        "v360/main.m3u8\n"
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,AVERAGE-BANDWIDTH=80000,CODECS="avc1.64001f",RESOLUTION=640x360,URI="v360/iframe.m3u8"\n'
    )


def test_silent_picture_alone() -> None:
    silent = Variant(uri="v.m3u8", bandwidth_bps=5)

    assert multivariant_text(Ladder((silent,)), Selection((silent,))) == (
        "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-STREAM-INF:BANDWIDTH=5\nv.m3u8\n"
    )


def test_a_group_has_one_default_sound_and_no_default_text() -> None:
    """§4.3.4.1.1: "A Group MUST NOT have more than one member with a DEFAULT attribute of YES." """
    ladder = Ladder(
        (HD,), (ENGLISH, replace(RUSSIAN, default=True), replace(ENGLISH, name="2", default=True), SUBTITLES)
    )

    text = multivariant_text(ladder, Selection((HD,)))

    assert [line.partition("NAME=")[2].split(",")[:2] for line in text.splitlines() if "EXT-X-MEDIA" in line] == [
        ['"English"', "DEFAULT=NO"],
        ['"Русский"', "DEFAULT=YES"],
        ['"2"', "DEFAULT=NO"],
        ["\"'Signs'  \"", "DEFAULT=NO"],
    ]


def test_pathways() -> None:
    """bis §4.4.6.6: each pathway has all variants and groups of its own; stable names are the same on all."""
    pathways = Pathways((Pathway("eu", "https://eu/hls/t/a/"), Pathway("home")), "/steering?token=t&known=eu,home")
    captions = Rendition(kind="CLOSED-CAPTIONS", group="cc", name="CC", instream_id="CC1")
    ladder = Ladder((replace(SD, closed_captions="cc"),), (ENGLISH, SUBTITLES, captions), (SD_IFRAMES,))
    selection = select(ladder.variants, throughput_bps=1e9)
    sound = 'LANGUAGE="en",NAME="English",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",STABLE-RENDITION-ID="a-en/main.m3u8"'
    text = 'LANGUAGE="en",NAME="\'Signs\'  ",DEFAULT=NO,AUTOSELECT=NO,FORCED=YES,STABLE-RENDITION-ID="s-en/main.m3u8"'
    picture = 'BANDWIDTH=800000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=23.976'
    iframes = 'BANDWIDTH=90000,AVERAGE-BANDWIDTH=80000,CODECS="avc1.64001f",RESOLUTION=640x360'

    assert multivariant_text(ladder, selection, pathways=pathways) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-CONTENT-STEERING:SERVER-URI="/steering?token=t&known=eu,home",PATHWAY-ID="eu"\n'
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio@eu",{sound},URI="https://eu/hls/t/a/a-en/main.m3u8"\n'
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text@eu",{text},URI="https://eu/hls/t/a/s-en/main.m3u8"\n'
        '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC",DEFAULT=NO,AUTOSELECT=NO,INSTREAM-ID="CC1"\n'
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio@home",{sound},URI="a-en/main.m3u8"\n'
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text@home",{text},URI="s-en/main.m3u8"\n'
        f'#EXT-X-STREAM-INF:{picture},AUDIO="audio@eu",SUBTITLES="text@eu",CLOSED-CAPTIONS="cc",STABLE-VARIANT-ID="v360/main.m3u8",PATHWAY-ID="eu"\n'
        "https://eu/hls/t/a/v360/main.m3u8\n"
        f'#EXT-X-STREAM-INF:{picture},AUDIO="audio@home",SUBTITLES="text@home",CLOSED-CAPTIONS="cc",STABLE-VARIANT-ID="v360/main.m3u8",PATHWAY-ID="home"\n'
        "v360/main.m3u8\n"
        f'#EXT-X-I-FRAME-STREAM-INF:{iframes},STABLE-VARIANT-ID="v360/iframe.m3u8",PATHWAY-ID="eu",URI="https://eu/hls/t/a/v360/iframe.m3u8"\n'
        f'#EXT-X-I-FRAME-STREAM-INF:{iframes},STABLE-VARIANT-ID="v360/iframe.m3u8",PATHWAY-ID="home",URI="v360/iframe.m3u8"\n'
    )
    offer = offer_of(ladder, selection)
    assert offer == Offer(("v360/main.m3u8",), ("a-en/main.m3u8", "s-en/main.m3u8"), 800_000)


def test_one_pathway_elsewhere_is_an_address_and_nothing_more() -> None:
    silent = Variant(uri="v.m3u8", bandwidth_bps=5)

    assert multivariant_text(
        Ladder((silent,)), Selection((silent,)), pathways=Pathways((Pathway("eu", "https://eu/"),))
    ) == ("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-STREAM-INF:BANDWIDTH=5\nhttps://eu/v.m3u8\n")
