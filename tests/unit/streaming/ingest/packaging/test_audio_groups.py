"""Groups of surround sound that have every language."""

from streaming.ingest.packaging.audio_groups import completed

MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,URI="a-en/main.m3u8",GROUP-ID="audio",LANGUAGE="en",NAME="Dub, 5.1",DEFAULT=YES,CHANNELS="2"
#EXT-X-MEDIA:TYPE=AUDIO,URI="a-ja/main.m3u8",GROUP-ID="audio",LANGUAGE="ja",NAME="\u65e5\u672c\u8a9e",DEFAULT=NO,CHANNELS="2"
#EXT-X-MEDIA:TYPE=AUDIO,URI="surround-ja/main.m3u8",GROUP-ID="surround-ac-3",LANGUAGE="ja",NAME="\u65e5\u672c\u8a9e",DEFAULT=YES,CHANNELS="6"
#EXT-X-STREAM-INF:BANDWIDTH=7,CODECS="avc1.64001f,mp4a.40.2",AUDIO="audio"
v720/main.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=9,CODECS="avc1.64001f,ac-3",AUDIO="surround-ac-3"
v720/main.m3u8
"""


def test_who_has_no_surround_sound_is_there_in_stereo() -> None:
    """RFC 8216 \u00a74.3.4.1.1: the same members in the same words, but for URI and CHANNELS; and CODECS has what each of them needs."""
    lines = MASTER.splitlines()
    assert completed(MASTER, "audio").splitlines() == [
        *lines[:3],
        '#EXT-X-MEDIA:TYPE=AUDIO,URI="a-en/main.m3u8",GROUP-ID="surround-ac-3",LANGUAGE="en",NAME="Dub, 5.1",DEFAULT=YES,CHANNELS="2"',
        '#EXT-X-MEDIA:TYPE=AUDIO,URI="surround-ja/main.m3u8",GROUP-ID="surround-ac-3",LANGUAGE="ja",NAME="\u65e5\u672c\u8a9e",DEFAULT=NO,CHANNELS="6"',
        *lines[4:6],
        '#EXT-X-STREAM-INF:BANDWIDTH=9,CODECS="avc1.64001f,ac-3,mp4a.40.2",AUDIO="surround-ac-3"',
        "v720/main.m3u8",
    ]


def test_a_playlist_without_surround_sound_stays_as_it_is() -> None:
    plain = "".join(line + "\n" for line in MASTER.splitlines() if "surround" not in line)
    assert completed(plain, "audio") == plain


def test_done_twice_it_is_the_same() -> None:
    once = completed(MASTER, "audio")
    assert completed(once, "audio") == once
