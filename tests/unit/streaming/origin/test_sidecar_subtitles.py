"""Added subtitles in the playlist, by RFC 8216."""

import pytest

from streaming.origin.ladder import Ladder, Rendition, Variant
from streaming.origin.model import StreamableAsset, Track
from streaming.origin.playlist import multivariant_text
from streaming.origin.quality import Selection
from streaming.origin.tracks.sidecar_subtitles import SDH, SidecarTrack, media_playlist, parse, with_sidecars

ID = "01a20000-0000-7000-8000-000000000000"
ADDED = SidecarTrack(ID, 3, "ru", "Русские")


def asset(*variants: Variant, renditions: tuple[Rendition, ...] = ()) -> StreamableAsset:
    return StreamableAsset(
        asset_id="a",
        episode_id="e",
        duration_ms=8_004,
        ladder=Ladder(variants, renditions),
        subtitles=(Track("en", "English", "s/en.vtt"),),
    )


def lines(asset: StreamableAsset) -> list[str]:
    return multivariant_text(asset.ladder, Selection(asset.ladder.variants)).splitlines()[3:]


def test_a_video_without_subtitles_gets_a_group() -> None:
    shown = with_sidecars(
        asset(Variant(uri="v.m3u8", bandwidth_bps=1)), [ADDED, SidecarTrack("x", 1, "en", "SDH", sdh=True)]
    )
    media = '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="added",'
    chosen = "DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,"
    assert lines(shown) == [
        f'{media}LANGUAGE="ru",NAME="Русские",{chosen}URI="added/{ID}.3.m3u8"',
        f'{media}LANGUAGE="en",NAME="SDH",{chosen}CHARACTERISTICS="{SDH}",URI="added/x.1.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=1,SUBTITLES="added"',
        "v.m3u8",
    ]
    assert [track.path for track in shown.subtitles] == ["s/en.vtt", f"added/{ID}.3.vtt", "added/x.1.vtt"]


def test_names_stay_unique_within_each_group() -> None:
    variants = (Variant(uri="a", bandwidth_bps=1, subtitles="one"), Variant(uri="b", bandwidth_bps=2, subtitles="two"))
    own = Rendition(kind="SUBTITLES", group="one", name="Русские", uri="s.m3u8")
    shown = with_sidecars(
        asset(*variants, renditions=(own,)), [ADDED, SidecarTrack("x", 1, "ru", "Русские (2)", forced=True)]
    )
    assert [(each.group, each.name, each.forced) for each in shown.ladder.renditions] == [
        ("one", "Русские", False),
        ("one", "Русские (2)", False),
        ("one", "Русские (2) (2)", True),
        ("two", "Русские", False),
        ("two", "Русские (2)", True),
    ]


def test_nothing_added_changes_nothing() -> None:
    plain = asset(Variant(uri="v.m3u8", bandwidth_bps=1))
    assert with_sidecars(plain, []) is plain


def test_the_whole_track_is_one_segment() -> None:
    assert media_playlist(ADDED.path("m3u8"), 8_004) == (
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-TARGETDURATION:9\n"
        f"#EXTINF:8.004,\n{ID}.3.vtt\n#EXT-X-ENDLIST\n"
    )


@pytest.mark.parametrize(
    "path",
    [
        "master.m3u8",
        "added/",
        f"added/{ID}.vtt",
        f"added/{ID}.1.mp4",
        f"added/../{ID}.1.vtt",
        f"added/{ID}.1.vtt\n",
        f"added/{ID}.{'1' * 11}.vtt",
        f"x/added/{ID}.1.vtt",
    ],
)
def test_what_is_no_track(path: str) -> None:
    assert parse(path) is None


def test_what_is_one() -> None:
    assert parse(ADDED.path("vtt")) == (ID, "vtt")
