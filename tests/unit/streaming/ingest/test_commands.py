"""The command lines, whole: what runs is what is written here."""

from fractions import Fraction
from pathlib import Path

from streaming.ingest import commands, plan
from streaming.ingest.plan import Plan, TextPlan
from streaming.ingest.probe import Picture, Sound
from tests.unit.streaming.ingest.pictures import picture, source

FILM = Path("/films/-y, 100%.mkv")


def planned(shown: Picture | None = None, *, sound: tuple[Sound, ...] = ()) -> Plan:
    return plan.make(source(shown, sound=sound), 10_000)


def graph(made: Plan) -> list[str]:
    command = commands.encode("ffmpeg", FILM, made)
    return command[command.index("-filter_complex") + 1].split(";")


def test_encoding_a_small_silent_film() -> None:
    assert commands.encode("ffmpeg", FILM, planned(picture(320, 180)), pictures=False) == [
        *("ffmpeg", "-v", "warning", "-nostdin", "-y", "-nostats"),
        *("-protocol_whitelist", "file", "-format_whitelist", commands.CONTAINERS),
        *("-i", "file:/films/-y, 100%.mkv"),
        "-filter_complex",
        "[0:0]fps=24/1:start_time=0,scale=320:180:out_range=tv,setsar=1,format=yuv420p,split=1[v180]",
        *("-stats_enc_post:v", "pipe:1", "-stats_enc_post_fmt:v", "frame={n}"),
        *("-map", "[v180]", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"),
        *("-crf", "21", "-maxrate", "325000", "-bufsize", "650000"),
        *("-g", "96", "-keyint_min", "96", "-sc_threshold", "0"),
        *("-map_metadata", "-1", "-map_chapters", "-1", "work/v180.mp4"),
    ]


def test_every_rendition_is_a_branch_of_one_decode() -> None:
    assert graph(planned()) == [
        (
            "[0:0]fps=24/1:start_time=0,scale=1280:720:out_range=tv,setsar=1,format=yuv420p,"
            "split=4[v720][to-v480][to-v360][still]"
        ),
        "[to-v480]scale=854:480:flags=bicubic,setsar=1[v480]",
        "[to-v360]scale=640:360:flags=bicubic,setsar=1[v360]",
        (
            "[still]select='isnan(prev_selected_t)+gt(floor(t/1+1/2),floor(prev_selected_t/1+1/2))',"
            "scale=160:90:out_color_matrix=bt601:out_range=pc,format=pix_fmts=yuv420p:color_ranges=pc[thumbnails]"
        ),
    ]


def test_hdr_is_mapped_to_what_ordinary_screens_show() -> None:
    first = graph(planned(picture(hdr_transfer="smpte2084")))[0]
    assert ":in_primaries=bt2020:in_transfer=smpte2084:in_color_matrix=bt2020:" in first
    assert "out_primaries=bt709:out_transfer=bt709:out_color_matrix=bt709:intent=perceptual" in first
    assert "format=yuv420p" in first


def test_interlaced_film_is_combed_out_first() -> None:
    assert graph(planned(picture(interlaced=True)))[0].startswith(
        "[0:0]bwdif=mode=send_frame:deint=interlaced,fps=24/1"
    )


def test_sound_is_cut_and_padded_to_the_picture() -> None:
    command = commands.encode("ffmpeg", FILM, planned(sound=(Sound(index=3, channels=6, language="ru"),)))
    at = command.index("0:3")
    assert command[at - 1 : at + 8] == [
        *("-map", "0:3", "-af", "aresample=48000:async=1:first_pts=0,apad,atrim=end=9.970"),
        *("-c:a", "aac", "-b:a", "128000", "-ac"),
    ]
    assert "work/a-ru.mp4" in command


def test_a_picture_decoded_elsewhere_comes_in_beside_the_source() -> None:
    made = planned(picture(codec="av1", index=2), sound=(Sound(index=1, channels=2),))
    command = commands.encode("ffmpeg", FILM, made)
    assert [command[at + 1] for at, word in enumerate(command) if word == "-i"] == [
        "file:/films/-y, 100%.mkv",
        "work/picture.nut",
    ]
    assert graph(made)[0].startswith("[1:0]fps=24/1")
    assert "0:1" in command


def test_packaging() -> None:
    made = planned(picture(320, 180), sound=(Sound(index=1, channels=2, language="en"), Sound(index=2, channels=1)))
    text = [TextPlan("s-ru", "ru", "Русский"), TextPlan("s-en", "en", "English", forced=True)]
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
            "playlist_name=a-und/main.m3u8,hls_group_id=audio,hls_name=—,dash_roles=alternate"
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
        commands.measure("ffmpeg", FILM, 0),
        commands.extract_text("ffmpeg", FILM, [(2, "work/text-2.ass"), (3, "work/text-3.srt")]),
        commands.encode("ffmpeg", FILM, planned()),
    ):
        assert command[command.index("-i") + 1] == "file:/films/-y, 100%.mkv"
        assert command[command.index("-protocol_whitelist") + 1] == "file"
        allowed = command[command.index("-format_whitelist") + 1].split(",")
        assert not {"hls", "concat", "sdp", "dash", "image2", "lavfi", "ffmetadata"} & set(allowed)


def test_text_tracks_keep_what_their_format_has() -> None:
    command = commands.extract_text("ffmpeg", FILM, [(2, "work/text-2.ass"), (3, "work/text-3.srt")])
    assert command[command.index("-map") :] == [
        *("-map", "0:2", "-c:s", "ass", "work/text-2.ass"),
        *("-map", "0:3", "-c:s", "srt", "work/text-3.srt"),
    ]
