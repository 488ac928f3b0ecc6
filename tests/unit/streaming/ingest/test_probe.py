"""What ffprobe says, and what we make of it."""

from fractions import Fraction
from typing import Any

import pytest

from streaming.ingest.model import NoPicture, NotMedia, PictureTooLarge, PictureTooSmall
from streaming.ingest.probe import MAX_TRACKS, Source, parse

VIDEO: dict[str, Any] = {
    "index": 0,
    "codec_name": "h264",
    "codec_type": "video",
    "width": 1280,
    "height": 720,
    "r_frame_rate": "24/1",
    "avg_frame_rate": "24/1",
    "duration": "60.000000",
    "bit_rate": "2000000",
    "disposition": {"default": 1, "attached_pic": 0},
}
AUDIO: dict[str, Any] = {"index": 1, "codec_name": "aac", "codec_type": "audio", "channels": 2}


def probed(*streams: dict[str, Any], **container: Any) -> Source:
    return parse("Film.mkv", {"streams": list(streams), "format": container})


class TestRefusals:
    def test_nothing_in_it(self) -> None:
        with pytest.raises(NotMedia, match="no track"):
            probed()

    def test_sound_alone(self) -> None:
        with pytest.raises(NoPicture, match=r"Film\.mkv has sound but no picture"):
            probed(AUDIO)

    def test_a_song_with_a_cover_is_sound_alone(self) -> None:
        with pytest.raises(NoPicture):
            probed(AUDIO, VIDEO | {"codec_name": "mjpeg", "disposition": {"attached_pic": 1}})

    def test_subtitles_alone(self) -> None:
        with pytest.raises(NotMedia, match="neither picture nor sound"):
            probed({"index": 0, "codec_type": "subtitle", "codec_name": "subrip"})

    def test_a_pixel(self) -> None:
        with pytest.raises(PictureTooSmall, match="8×8"):
            probed(VIDEO | {"width": 8, "height": 8})

    def test_a_wall(self) -> None:
        with pytest.raises(PictureTooLarge, match="16384×720"):
            probed(VIDEO | {"width": 16384})


class TestPicture:
    def test_plain(self) -> None:
        picture = probed(VIDEO).picture
        assert (picture.width, picture.height, picture.base_rate) == (1280, 720, Fraction(24))
        assert picture.bit_rate_bps == 2_000_000
        assert not picture.colour.needs_mapping
        assert not picture.interlaced

    @pytest.mark.parametrize("degrees", [90, -90, 270])
    def test_a_phone_held_upright(self, degrees: int) -> None:
        turned = VIDEO | {"side_data_list": [{"side_data_type": "Display Matrix", "rotation": degrees}]}
        assert (probed(turned).picture.width, probed(turned).picture.height) == (720, 1280)

    def test_upside_down_keeps_its_size(self) -> None:
        turned = VIDEO | {"side_data_list": [{"rotation": 180}]}
        assert probed(turned).picture.width == 1280

    def test_the_old_tag_for_it(self) -> None:
        assert probed(VIDEO | {"tags": {"rotate": "90"}}).picture.height == 1280

    def test_wide_pixels_become_square_ones(self) -> None:
        dvd = probed(VIDEO | {"width": 720, "height": 576, "sample_aspect_ratio": "64:45"}).picture
        assert (dvd.width, dvd.height) == (1024, 576)

    def test_tall_pixels_become_more_lines(self) -> None:
        picture = probed(VIDEO | {"width": 720, "height": 480, "sample_aspect_ratio": "8:9"}).picture
        assert (picture.width, picture.height) == (720, 540)

    def test_an_unknown_aspect_is_square(self) -> None:
        assert probed(VIDEO | {"sample_aspect_ratio": "0:1"}).picture.width == 1280

    @pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
    def test_hdr(self, transfer: str) -> None:
        colour = probed(VIDEO | {"color_transfer": transfer}).picture.colour
        assert (colour.is_hdr, colour.transfer, colour.primaries) == (True, transfer, "bt2020")

    def test_interlaced(self) -> None:
        assert probed(VIDEO | {"field_order": "tt"}).picture.interlaced
        assert not probed(VIDEO | {"field_order": "progressive"}).picture.interlaced

    def test_the_default_picture_of_several(self) -> None:
        other = VIDEO | {"index": 3, "width": 1920, "disposition": {"default": 0}}
        chosen = probed(other, VIDEO)
        assert chosen.picture.index == 0
        assert [picture.index for picture in chosen.other_pictures] == [3]

    def test_rates_nobody_knows(self) -> None:
        assert probed(VIDEO | {"r_frame_rate": "0/0", "avg_frame_rate": "0/0"}).picture.base_rate is None


class TestDuration:
    def test_of_the_picture_not_of_the_file(self) -> None:
        assert probed(VIDEO, duration="90.0").duration_ms == 60_000

    def test_of_a_picture_that_starts_later(self) -> None:
        assert probed(VIDEO | {"start_time": "1.500000"}, start_time="0.500000").duration_ms == 61_000

    def test_as_matroska_says_it(self) -> None:
        tagged = {key: value for key, value in VIDEO.items() if key != "duration"} | {
            "tags": {"DURATION": "01:02:03.500000000"}
        }
        assert probed(tagged, duration="5000.0").duration_ms == 3_723_500

    def test_of_a_late_picture_as_matroska_says_it(self) -> None:
        """Either when it ends or how long it is; promising too much would be told as a fault."""
        late = {key: value for key, value in VIDEO.items() if key != "duration"} | {
            "start_time": "3.000000",
            "tags": {"DURATION": "00:00:11.000000000"},
        }
        assert probed(late, start_time="0.000000").duration_ms == 11_000

    def test_of_the_file_where_the_track_does_not_say(self) -> None:
        bare = {key: value for key, value in VIDEO.items() if key != "duration"}
        assert probed(bare, duration="61.25").duration_ms == 61_250

    @pytest.mark.parametrize("nonsense", ["N/A", "", "nan", "1e12", "0.000000"])
    def test_unknown(self, nonsense: str) -> None:
        assert probed(VIDEO | {"duration": nonsense}).duration_ms is None


class TestTracks:
    def test_languages_and_titles(self) -> None:
        russian = AUDIO | {"tags": {"language": "rus", "title": " Студия  "}, "disposition": {"default": 1}}
        sound = probed(VIDEO, AUDIO, russian).sound
        assert [(track.language, track.title, track.default) for track in sound] == [
            ("und", "", False),
            ("ru", "Студия", True),
        ]

    def test_text_is_taken_and_pictures_of_text_are_named(self) -> None:
        text = {"index": 2, "codec_type": "subtitle", "codec_name": "ass", "tags": {"language": "jpn"}}
        images = {"index": 3, "codec_type": "subtitle", "codec_name": "hdmv_pgs_subtitle"}
        source = probed(VIDEO, text, images)
        assert [(track.codec, track.language) for track in source.text] == [("ass", "ja")]
        assert source.warnings == (
            "Subtitle track 3 (hdmv_pgs_subtitle) is made of pictures, not text, and was left out.",
        )

    def test_sound_without_a_name_is_called_by_its_four_letters(self) -> None:
        track = {"index": 1, "codec_type": "audio", "codec_tag_string": "ac-4"}
        assert [sound.codec for sound in probed(VIDEO, track).sound] == ["ac-4"]

    def test_a_bounded_number_of_them(self) -> None:
        source = probed(VIDEO, *(AUDIO | {"index": index} for index in range(1, 30)))
        assert len(source.sound) == MAX_TRACKS
        assert "first 16 of 29 sound tracks" in source.warnings[0]
