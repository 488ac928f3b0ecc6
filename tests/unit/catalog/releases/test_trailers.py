"""Addresses of trailers: what counts as one, and what is framed of it."""

from urllib.parse import urlsplit

import pytest

from catalog.releases.trailers import FRAME_ORIGINS, BadTrailer, Trailer, TrailerHost, distinct, kept, trailer_at

BUNNY = "aqz-KE-bpKQ"
RUTUBE = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("address", "host", "video_id"),
    [
        (f"https://www.youtube.com/watch?v={BUNNY}&t=12s&list=PL1", "youtube", BUNNY),
        (f"http://m.youtube.com/watch?app=desktop&v={BUNNY}", "youtube", BUNNY),
        (f"https://youtu.be/{BUNNY}?si=abc", "youtube", BUNNY),
        (f"youtu.be/{BUNNY}", "youtube", BUNNY),
        (f"https://www.youtube.com/shorts/{BUNNY}", "youtube", BUNNY),
        (f" https://www.youtube-nocookie.com/embed/{BUNNY} ", "youtube", BUNNY),
        ("https://vimeo.com/1084537", "vimeo", "1084537"),
        ("https://vimeo.com/1084537/0a1b2c3d4e", "vimeo", "1084537/0a1b2c3d4e"),
        ("https://player.vimeo.com/video/1084537?h=0a1b2c3d4e", "vimeo", "1084537/0a1b2c3d4e"),
        ("https://vimeo.com/channels/staffpicks/1084537", "vimeo", "1084537"),
        ("https://www.dailymotion.com/video/x8abcde", "dailymotion", "x8abcde"),
        ("https://dai.ly/x8abcde", "dailymotion", "x8abcde"),
        ("https://geo.dailymotion.com/player.html?video=x8abcde", "dailymotion", "x8abcde"),
        (f"https://rutube.ru/video/{RUTUBE}/?r=wd", "rutube", RUTUBE),
        (f"https://rutube.ru/play/embed/{RUTUBE}", "rutube", RUTUBE),
        ("https://www.bilibili.com/video/BV1xx411c7mD/?p=1", "bilibili", "BV1xx411c7mD"),
        ("https://player.bilibili.com/player.html?bvid=BV1xx411c7mD", "bilibili", "BV1xx411c7mD"),
    ],
)
def test_every_spelling_of_an_address_is_one_video(address: str, host: str, video_id: str) -> None:
    found = trailer_at(address, "  The  teaser ")
    assert (found.host, found.video_id, found.title) == (TrailerHost(host), video_id, "The teaser")
    assert trailer_at(found.url) == Trailer(found.host, video_id), "its page is an address of it"
    assert trailer_at(found.embed_url) == Trailer(found.host, video_id), "and so is its frame"
    frame = urlsplit(found.embed_url)
    assert f"{frame.scheme}://{frame.netloc}" in FRAME_ORIGINS


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a trailer",
        "https://www.youtube.com/",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/playlist?list=PLxxxxxxxxxx",
        "https://www.youtube.com/@channel",
        f"https://www.youtube.com.evil.example/watch?v={BUNNY}",
        f"https://evil.example/https://youtu.be/{BUNNY}",
        f"https://youtu.be@evil.example/{BUNNY}",
        f"https://user:pass@youtu.be/{BUNNY}",
        f"https://youtu.be:8443/{BUNNY}",
        f"ftp://youtu.be/{BUNNY}",
        f"javascript:alert(1)//youtu.be/{BUNNY}",
        f'https://youtu.be/{BUNNY}"><script>',
        f"https://www.youtube.com/watch?v={BUNNY}%22onload=",
        "https://www.youtube.com/watch?v=ａqz-KE-bpKQ",
        "https://vimeo.com/0",
        "https://vimeo.com/1084537/../../x",
        "https://rutube.ru/channel/1/",
        "https://[::1",
        "https://example.org/trailer.mp4",
        "https://youtu.be/" + "a" * 600,
        "https://www.youtube.com/watch?" + "&".join(f"a{n}=1" for n in range(99)),
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(BadTrailer):
        trailer_at(address)


def test_no_video_is_listed_twice_and_the_first_says_what_it_is_called() -> None:
    first, again = (
        trailer_at(f"https://youtu.be/{BUNNY}", "Teaser"),
        trailer_at(f"https://youtube.com/embed/{BUNNY}", "PV"),
    )
    other = trailer_at("https://vimeo.com/1084537", language="ja")
    assert distinct([first, again, other]) == (first, other)
    assert kept([first.row, ["https://gone.example/1", "", ""], other.row]) == (first, other), (
        "a host that went takes no more"
    )
