"""The command lines, whole: what runs is what is written here."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from streaming.ingest import plan
from streaming.ingest.ffmpeg import commands
from streaming.ingest.picture.colour import Colour
from streaming.ingest.picture.geometry import Crop
from streaming.ingest.plan import Plan, SubtitlePlan
from streaming.ingest.probe import AudioStream, SubtitleStream, VideoStream
from streaming.ingest.timing.timeline import Cut, Timeline
from tests.unit.streaming.ingest.pictures import picture, source

FILM = Path("/films/-y, 100%.mkv")
TEXT_FILES = [
    (SubtitleStream(index=2, codec="ass", language="en"), "work/text-2.ass"),
    (SubtitleStream(index=3, codec="mov_text", language="en"), "work/text-3.srt"),
]


def planned(
    shown: VideoStream | None = None, *, sound: tuple[AudioStream, ...] = (), time: Timeline | None = None
) -> Plan:
    return plan.make(source(shown, sound=sound), time or Timeline.plain(10_000))


def graph(made: Plan) -> list[str]:
    command = commands.encode("ffmpeg", FILM, made)
    return command[command.index("-filter_complex") + 1].split(";")


def test_encoding_a_small_silent_film() -> None:
    assert commands.encode("ffmpeg", FILM, planned(picture(320, 180)), pictures=False) == [
        *("ffmpeg", "-v", "repeat+warning", "-nostdin", "-y", "-nostats", "-max_error_rate", "1"),
        *("-protocol_whitelist", "file", "-format_whitelist", commands.CONTAINERS),
        *("-dts_delta_threshold", "1000000", "-i", "file:/films/-y, 100%.mkv"),
        "-filter_complex",
        (
            "[0:0]fps=24/1:start_time=0,trim=end_frame=240,"
            "scale=320:180:in_color_matrix=bt709:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p,"
            "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv,split=1[v180]"
        ),
        *("-stats_enc_post:v", "pipe:1", "-stats_enc_post_fmt:v", "frame={n}"),
        *("-map", "[v180]", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"),
        *("-crf", "21", "-maxrate", "325000", "-bufsize", "650000"),
        *("-g", "96", "-keyint_min", "96", "-sc_threshold", "0"),
        *("-map_metadata", "-1", "-map_chapters", "-1", "work/v180.mp4"),
    ]


def test_every_rendition_is_a_branch_of_one_decode() -> None:
    assert graph(planned()) == [
        (
            "[0:0]fps=24/1:start_time=0,trim=end_frame=240,"
            "scale=1280:720:in_color_matrix=bt709:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p,"
            "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv,split=5[v720][to-v480][to-v360][to-v240][still]"
        ),
        "[to-v480]scale=854:480:flags=bicubic,setsar=1[v480]",
        "[to-v360]scale=640:360:flags=bicubic,setsar=1[v360]",
        "[to-v240]scale=426:240:flags=bicubic,setsar=1[v240]",
        (
            "[still]select='isnan(prev_selected_t)+gt(floor(t/1+1/2),floor(prev_selected_t/1+1/2))',"
            "scale=160:90:out_color_matrix=bt601:out_range=pc,format=pix_fmts=yuv420p:color_ranges=pc[thumbnails]"
        ),
    ]


def test_hdr_is_mapped_to_what_ordinary_screens_show() -> None:
    hdr = Colour(matrix="bt2020", transfer="smpte2084", primaries="bt2020", full_range=False)
    assert graph(planned(picture(320, 180, colour=hdr)))[0] == (
        "[0:0]fps=24/1:start_time=0,trim=end_frame=240,"
        "scale=320:180:in_color_matrix=bt2020:in_range=tv:out_range=pc:flags=bicubic+accurate_rnd+full_chroma_int,"
        "format=gbrp12,lut3d=file=work/colour.cube:interp=tetrahedral,setparams=color_primaries=bt709:color_trc=bt709,"
        "scale=out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv,"
        "split=2[v180][still]"
    )


@pytest.mark.parametrize(
    ("colour", "scale"),
    [
        (Colour(matrix=None, full_range=True), "in_range=pc:out_color_matrix=smpte170m"),
        (Colour(matrix="smpte170m"), "in_color_matrix=smpte170m:out_color_matrix=smpte170m"),
        (Colour(matrix="smpte240m"), "in_color_matrix=smpte240m:out_color_matrix=bt709"),
        (Colour(matrix="bt709", full_range=True), "in_color_matrix=bt709:in_range=pc:out_color_matrix=bt709"),
    ],
)
def test_colours_are_told_and_kept_where_players_know_them(colour: Colour, scale: str) -> None:
    assert f"scale=320:180:{scale}:out_range=tv," in graph(planned(picture(320, 180, colour=colour)))[0]


def test_jumps_are_taken_out_and_the_last_picture_is_held() -> None:
    time = Timeline(10_000, 4_000, cuts=(Cut(3_000, 60_000), Cut(90_000, 5_000)))
    made = planned(picture(320, 180), sound=(AudioStream(index=1, channels=2),), time=time)
    less = "PTS-(clip(T-3.000,0,60.000)+clip(T-90.000,0,5.000))/TB"
    assert graph(made)[0].startswith(
        f"[0:0]setpts='{less}',fps=24/1:start_time=0,trim=end_frame=96,tpad=stop_mode=clone:stop=144,"
    )
    command = commands.encode("ffmpeg", FILM, made)
    assert command[command.index("-af") + 1] == (
        f"asetpts='{less}',aresample=48000:async=1:first_pts=0,apad,atrim=end=9.970"
    )


def test_interlaced_film_is_combed_out_first() -> None:
    assert graph(planned(picture(interlaced=True)))[0].startswith(
        "[0:0]bwdif=mode=send_frame:deint=interlaced,fps=24/1"
    )


def test_surround_sound_is_made_beside_stereo() -> None:
    tracks = (
        AudioStream(index=1, channels=6, language="en", codec="eac3"),
        AudioStream(index=2, channels=8, language="ja", codec="dts"),
    )
    time = replace(Timeline.plain(10_000), in_step=frozenset({1, 2}))
    command = " ".join(commands.encode("ffmpeg", FILM, planned(sound=tracks, time=time)))
    # As it is, and no longer than the picture.
    assert "-map 0:1 -c:a copy -t 9.970 -map_metadata -1 -map_chapters -1 work/surround-en.mp4" in command
    assert (
        "atrim=end=9.970,aformat=channel_layouts=5.1 -c:a aac -b:a 384000 -map_metadata -1 -map_chapters -1 "
        "work/surround-ja.mp4" in command
    )


def test_sound_is_cut_and_padded_to_the_picture() -> None:
    command = commands.encode("ffmpeg", FILM, planned(sound=(AudioStream(index=3, channels=6, language="ru"),)))
    at = command.index("0:3")
    assert command[at - 1 : at + 8] == [
        *("-map", "0:3", "-af", "aresample=48000:async=1:first_pts=0,apad,atrim=end=9.970"),
        *("-c:a", "aac", "-b:a", "128000", "-ac"),
    ]
    assert "work/a-ru.mp4" in command


def test_a_picture_decoded_elsewhere_comes_in_beside_the_source() -> None:
    made = planned(picture(codec="av1", index=2), sound=(AudioStream(index=1, channels=2),))
    command = commands.encode("ffmpeg", FILM, made)
    assert [command[at + 1] for at, word in enumerate(command) if word == "-i"] == [
        "file:/films/-y, 100%.mkv",
        "work/picture.nut",
    ]
    assert command[command.index("-itsoffset") + 1] == "0.000"
    assert graph(made)[0].startswith("[1:0]setparams=range=tv:colorspace=bt709,fps=24/1")
    assert "0:1" in command


def test_raw_frames_are_cropped_and_turned_by_us() -> None:
    shown = picture(180, 320, codec="av1", crop=Crop(2, 4, 6, 8), rotation=90, mirrored=True)
    assert "crop=iw-6:ih-14:2:6:exact=1,vflip,transpose=cclock,fps=" in graph(planned(shown))[0]


def test_packaging() -> None:
    made = planned(
        picture(320, 180), sound=(AudioStream(index=1, channels=2, language="en"), AudioStream(index=2, channels=1))
    )
    text = [SubtitlePlan("s-ru", "ru", "Русский"), SubtitlePlan("s-en", "en", "English", forced=True)]
    assert commands.package("packager", made, text) == [
        *("packager", "--quiet"),
        (
            "in=work/v180.mp4,stream=video,init_segment=v180/init.mp4,segment_template=v180/$Number%05d$.m4s,"
            "playlist_name=v180/main.m3u8,iframe_playlist_name=v180/iframes.m3u8"
        ),
        (
            "in=work/a-en.mp4,stream=audio,init_segment=a-en/init.mp4,segment_template=a-en/$Number%05d$.m4s,"
            "playlist_name=a-en/main.m3u8,hls_group_id=audio,hls_name=English,lang=en,dash_roles=main"
        ),
        (
            "in=work/a-und.mp4,stream=audio,init_segment=a-und/init.mp4,segment_template=a-und/$Number%05d$.m4s,"
            "playlist_name=a-und/main.m3u8,hls_group_id=audio,hls_name=Audio,dash_roles=alternate"
        ),
        (
            "in=s-ru/subtitles.vtt,stream=text,segment_template=s-ru/$Number%05d$.vtt,playlist_name=s-ru/main.m3u8,"
            "hls_group_id=subtitles,hls_name=Русский,lang=ru,forced_subtitle=0,dash_roles=subtitle"
        ),
        (
            "in=s-en/subtitles.vtt,stream=text,segment_template=s-en/$Number%05d$.vtt,playlist_name=s-en/main.m3u8,"
            "hls_group_id=subtitles,hls_name=English,lang=en,forced_subtitle=1,dash_roles=forced-subtitle"
        ),
        *("--segment_duration", "3.999000", "--hls_playlist_type", "VOD"),
        *("--hls_master_playlist_output", "master.m3u8", "--mpd_output", "manifest.mpd", "--generate_static_live_mpd"),
        *("--default_language", "en", "--default_text_language", "zxx"),
    ]


def test_the_segment_is_a_hair_shorter_than_the_group_of_pictures() -> None:
    rate = Fraction(30000, 1001)
    command = commands.package("packager", planned(picture(base_rate=rate, average_rate=rate)), [])
    assert command[command.index("--segment_duration") + 1] == "4.003000"


def test_no_command_takes_the_name_of_a_file_for_an_option_or_another_protocol() -> None:
    for command in (
        commands.probe("ffprobe", FILM),
        commands.look("ffprobe", FILM, 0),
        commands.listen("ffmpeg", FILM, [1, 2]),
        commands.measure("python", Path("packet_times.py"), "ffmpeg", FILM, [0], restarts=False),
        commands.extract_text("ffmpeg", FILM, TEXT_FILES),
        commands.packets("ffprobe", FILM, 2),
        commands.encode("ffmpeg", FILM, planned()),
    ):
        assert command[command.index("-i") + 1] == "file:/films/-y, 100%.mkv"
        assert command[command.index("-protocol_whitelist") + 1] == "file"
        allowed = command[command.index("-format_whitelist") + 1].split(",")
        assert not {"hls", "concat", "sdp", "dash", "image2", "lavfi", "ffmetadata"} & set(allowed)


def test_text_tracks_keep_what_their_format_has() -> None:
    command = commands.extract_text("ffmpeg", FILM, TEXT_FILES)
    assert command[command.index("-map") :] == [
        *("-map", "0:2", "-c:s", "copy", "work/text-2.ass"),
        *("-map", "0:3", "-c:s", "srt", "work/text-3.srt"),
    ]
