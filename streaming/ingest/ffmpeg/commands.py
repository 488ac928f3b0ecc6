"""The command lines of ffprobe, ffmpeg and the packager: from values to argument lists.  Pure.

Three rules keep these safe.  The source is always written ``file:PATH``, so that no name is an option or another protocol.
Only the file protocol and real media containers are let in, because a playlist (HLS, concat, SDP) is a program that reads
other files.  Outputs are relative to the work folder, so that no comma or percent sign of the machine's paths reaches a
parser.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from streaming.ingest import surround
from streaming.ingest.ffmpeg import filters
from streaming.ingest.ffmpeg.filters import FOREIGN, WORK
from streaming.ingest.languages import UNDETERMINED
from streaming.ingest.picture.codecs import ENCODERS, VideoCodec
from streaming.ingest.picture.ladder import Rung
from streaming.ingest.plan import AudioPlan, EncodedFilm, EncodedPicture, Plan, SubtitlePlan
from streaming.ingest.probe import AudioStream, SubtitleStream
from streaming.ingest.surround import SurroundPlan
from streaming.keys.model import ContentKey, Protection, TrackClass, track_class_of

CONTAINERS: Final = (
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mxf,h264,hevc,ivf,nut,gxf,dv,rm,wtv"
    # Sound only: let in to be refused with the right reason.
    ",mp3,wav,flac,aac,aiff,ac3"
)

STEREO_GROUP: Final = "audio"
"""GROUP-ID of what everything plays."""

POSTER: Final = "poster.jpg"
MASTER: Final = "master.m3u8"
MANIFEST: Final = "manifest.mpd"
RAW_PICTURE: Final = f"{WORK}/picture.nut"
THUMBNAIL: Final = f"{WORK}/thumbnail-%05d.jpg"
"""A file for each, counted from 1: ffmpeg prints no progress until every output has begun, and a sheet of a hundred
thumbnails begins when the last of them is there."""

SEALED: Final = "sealed"
"""Under the work folder: encrypted tracks that are to be packaged anew."""

_FLAGS_ON_STDIN: Final = "--flagfile=/dev/stdin"

_READ_BY_US: Final = frozenset({"subrip", "srt", "text", "ass", "ssa", "webvtt"})

SDH: Final = "public.accessibility.transcribes-spoken-dialog;public.accessibility.describes-music-and-sound"
"""RFC 8216 §4.3.4.1, as the packager lists them: both say that a track is for the deaf and hard of hearing."""

_PRESET: Final = "veryfast"
"""The knee of x264's curve: ``faster`` takes half as long again for 5 % fewer bits, ``ultrafast`` needs twice the bits."""

_CRF: Final = 21
"""Constant quality under a ceiling: drawn pictures take far less than their rung allows, and film up to it."""

_QUALITY: Final = {
    VideoCodec.H264: ("-preset", _PRESET, "-profile:v", "high", "-crf", str(_CRF)),
    # Constant qualities that look alike, at presets that take three times and one and a half times as long as H.264's.
    VideoCodec.HEVC: ("-preset", _PRESET, "-crf", "24", "-tag:v", "hvc1"),
    VideoCodec.AV1: ("-preset", "8", "-crf", "35"),
}
"""``hvc1`` keeps the parameter sets in the init section, which Apple's players ask for (HLS Authoring Specification §1.10)."""

_AUDIO_BPS: Final = {1: 80_000, 2: 128_000}
"""AAC-LC by channels: ffmpeg's encoder is transparent to most ears from 128 kb/s in stereo."""

_SCANNED: Final = "packet=pts_time,dts_time,flags:packet_side_data=side_data_type:stream=width,height,pix_fmt,sample_aspect_ratio,field_order"

_TIMESCALE: Final = "90000"
"""Ticks a second of pictures that are kept: that of RTP (RFC 6184 §5.1) and of everything that counts in milliseconds."""
_NEVER_FRAMES: Final = 1_000_000

_STATS_S: Final = 0.5

_JOIN_S: Final = 1
"""Where a clock goes back, ffmpeg closes every step longer than this.  With its own 10 s, a packet of the old time that is
read after the first of the new one leaves a hole as long as what was before."""

_NEVER_S: Final = 1_000_000
"""Longer than the 26 h after which a transport stream's clock begins anew: steps ahead are left to our own timeline, because
ffmpeg joins a hole in one track alone as well, and leaves the tracks out of step."""


def probe(ffprobe: str, source: Path) -> list[str]:
    """Describe the tracks of ``source`` as JSON."""
    return [
        ffprobe, "-v", "error", *_input_guard(),
        "-show_format", "-show_streams", "-show_chapters", "-print_format", "json", "-i", f"file:{source}",
    ]  # fmt: skip


def look(ffprobe: str, source: Path, index: int) -> list[str]:
    """Describe what the first frame of track ``index`` carries, as JSON."""
    return [
        ffprobe, "-v", "error", *_input_guard(), "-select_streams", str(index), "-read_intervals", "%+#1",
        "-show_entries", "frame=side_data_list", "-print_format", "json", "-i", f"file:{source}",
    ]  # fmt: skip


def encoders(ffmpeg: str) -> list[str]:
    """List what it encodes."""
    return [ffmpeg, "-v", "error", "-hide_banner", "-encoders"]


def scan(ffprobe: str, source: Path, index: int) -> list[str]:
    """Describe track ``index`` of pictures, and print a line for each of its packets (``kept_picture.PictureScan``)."""
    return [
        ffprobe, "-v", "error", *_input_guard(), "-select_streams", str(index), "-show_entries",
        _SCANNED, "-print_format", "compact", "-i", f"file:{source}",
    ]  # fmt: skip


def measure(
    python: str, program: Path, ffmpeg: str, source: Path, indices: Sequence[int], *, restarts: bool
) -> list[str]:
    """Read through the tracks ``indices`` without decoding, and sum up when they have something (``packet_times.py``).

    ffmpeg itself reads, and not a library: where the clock of a transport stream goes back, it joins the pieces, here as in
    :func:`encode`; ``restarts``: it is known to.
    """
    command = [python, "-I", str(program), ffmpeg, "-v", "warning", "-nostdin", "-nostats", *_input_guard()]
    command += [*_clock(restarts=restarts), "-i", f"file:{source}"]
    for index in indices:
        command += ["-map", f"0:{index}"]
    return [*command, "-c", "copy", "-copyinkf", "-f", "framecrc", "-"]


def listen(ffmpeg: str, source: Path, indices: Sequence[int]) -> list[str]:
    """Decode the beginning of the tracks ``indices``; writes a line for each packet, which begins with the track's place."""
    command = [ffmpeg, "-v", "error", "-nostdin", "-nostats", "-max_error_rate", "1", *_input_guard()]
    command += ["-i", f"file:{source}"]
    for index in indices:
        command += ["-map", f"0:{index}"]
    return [*command, "-frames:a", "8", "-f", "framecrc", "-"]


def hear(ffmpeg: str, source: str, rate_hz: int, file: str, *, start_ms: int, length_ms: int) -> list[str]:
    """Write a stretch of the only sound of ``source`` as samples of 16 bits of one channel; both names are of the folder it runs in."""
    return [
        ffmpeg, *_quiet(), *_input_guard(), "-ss", f"{start_ms / 1000:.3f}", "-t", f"{length_ms / 1000:.3f}",
        "-i", f"file:{source}", "-map", "0:a:0", "-ac", "1", "-ar", str(rate_hz), "-f", "s16le", file,
    ]  # fmt: skip


def extract_text(ffmpeg: str, source: Path, tracks: Sequence[tuple[SubtitleStream, str]]) -> list[str]:
    """Write text tracks, each to the file name beside it, as they are wherever we read their format.

    ffmpeg's own reading takes backslashes for line breaks, and drops lines that are not UTF-8.
    """
    command = [ffmpeg, *_quiet(), *_input_guard(), "-i", f"file:{source}"]
    for track, name in tracks:
        command += ["-map", f"0:{track.index}", "-c:s", "copy" if track.codec in _READ_BY_US else "srt", name]
    return command


def packets(ffprobe: str, source: Path, index: int) -> list[str]:
    """Print the packets of track ``index``, and its private data, as JSON."""
    return [
        ffprobe, "-v", "error", *_input_guard(), "-select_streams", str(index), "-show_data",
        "-show_entries", "format=start_time:stream=extradata:packet=pts_time,duration_time,data",
        "-print_format", "json", "-i", f"file:{source}",
    ]  # fmt: skip


def decode(python: str, program: Path, source: Path, index: int) -> list[str]:
    """Decode track ``index`` of a codec in :data:`FOREIGN` into :data:`RAW_PICTURE`, a FIFO."""
    return [python, "-I", str(program), str(source), str(index), RAW_PICTURE, CONTAINERS]


def encode(ffmpeg: str, source: Path, plan: Plan, *, pictures: bool = True) -> list[str]:
    """Encode every rendition and track of sound in one run, which decodes the source once.

    ``pictures`` adds thumbnails to it (off for the benchmark's bare command).  Writes ``frame=N`` for every picture of the
    largest rendition: ``-progress`` would be silent until the last of the tracks has begun, which may be late in the film.
    How much of a track may be undecodable is judged by who runs this, track by track.
    """
    command = [ffmpeg, "-v", "repeat+warning", "-nostdin", "-y", "-nostats", "-max_error_rate", "1"]
    command += [*_input_guard(), *_clock(restarts=plan.timeline.restarts), "-i", f"file:{source}"]
    if plan.picture.codec in FOREIGN:
        # Each input's own first time becomes zero.
        command += ["-itsoffset", f"{plan.timeline.picture_begin_ms / 1000:.3f}", "-f", "nut", "-i", RAW_PICTURE]
    command += ["-filter_complex", filters.graph(plan, pictures=pictures)]
    for rung in plan.rungs:
        if plan.keeps_picture and rung is plan.rungs[0]:
            command += _kept_output(rung, plan)
        else:
            command += _picture_output(rung, plan, report=rung is plan.encoded_rungs[0])
    for track in plan.sound:
        command += _sound_output(track.index, track.name, track.channels, filters.sound(plan))
        if track.surround is not None:
            command += _surround_output(track.index, track.surround, filters.sound(plan), plan.duration_ms)
    if pictures:
        command += ["-map", "[thumbnails]", "-fps_mode", "passthrough", "-q:v", "2", THUMBNAIL]
    return command


def encode_sound(ffmpeg: str, source: Path, track: AudioStream, made: AudioPlan, chain: str) -> list[str]:
    """Encode one track of sound through the filters ``chain`` into the work folder, as ``made`` says."""
    command = [ffmpeg, *_quiet(), *_input_guard(), "-i", f"file:{source}"]
    command += _sound_output(track.index, made.name, made.channels, chain)
    if made.surround is not None:
        command += _surround_output(track.index, made.surround, chain, None)
    return command


def poster(ffmpeg: str, plan: Plan, at_s: float) -> list[str]:
    """Write the picture at ``at_s`` as :data:`POSTER`, from the largest rendition that was encoded."""
    top = plan.rungs[0]
    return [
        ffmpeg, "-v", "warning", "-nostdin", "-y", "-ss", f"{at_s:.3f}", "-i", f"{WORK}/{top.name}.mp4",
        "-vf", filters.poster(top.width, top.height), "-frames:v", "1", "-update", "1", "-q:v", "3", POSTER,
    ]  # fmt: skip


def package(
    packager: str, plan: EncodedFilm, text: Sequence[SubtitlePlan], *, sample_encryption: bool = False
) -> list[str]:
    """Cut the encoded tracks into CMAF segments, with HLS playlists and a DASH manifest over the same ones.

    ``sample_encryption``: the packager finds :func:`encryption_flags` on its standard input.
    """
    command = [packager, "--quiet", *([_FLAGS_ON_STDIN] if sample_encryption else [])]
    command += [
        f"in={WORK}/{rung.name}.mp4,stream=video,{_segments(rung.name)},iframe_playlist_name={rung.name}/iframes.m3u8"
        + (f",drm_label={picture_class(rung).value}" if sample_encryption else "")
        for rung in plan.rungs
    ]
    command += [
        f"in={WORK}/{name}.mp4,stream=audio,{_segments(name)},"
        f"hls_group_id={group},hls_name={track.label}{_language(track.language)}"
        # Without roles the DASH manifest offers two tracks of one language as two qualities of the same.
        f",dash_roles={role}" + (f",drm_label={TrackClass.AUDIO.value}" if sample_encryption else "")
        for name, group, role, track in _sound_renditions(plan.sound)
    ]
    command += [
        f"in={track.name}/subtitles.vtt,stream=text,segment_template={track.name}/$Number%05d$.vtt,"
        f"playlist_name={track.name}/main.m3u8,hls_group_id=subtitles,hls_name={track.label}{_language(track.language)},"
        f"forced_subtitle={int(track.forced)},dash_roles={_text_role(track)}"
        f"{f',hls_characteristics={SDH}' if track.sdh else ''}"
        for track in text
    ]
    return [
        *command,
        # A hair under the distance of keyframes: at exactly that, rounding would let one segment swallow its neighbour.
        "--segment_duration", f"{float(plan.segment_s) - 0.001:.6f}",
        "--hls_playlist_type", "VOD", "--hls_master_playlist_output", MASTER,
        "--mpd_output", MANIFEST, "--generate_static_live_mpd",
        "--default_language", plan.default_language,
        # No text shows itself unasked: "zxx" is ISO 639's "no linguistic content", which no track has.
        "--default_text_language", "zxx",
    ]  # fmt: skip


def encryption_flags(mode: Protection, keys: Iterable[ContentKey]) -> str:
    """What :func:`package` is to encrypt with, one key for each class of tracks: for its standard input.

    On the command line every user of the machine could read them.  The common PSSH box names the ids alone.
    """
    described = ",".join(
        f"label={key.track_class.value}:key_id={key.kid_bytes.hex()}:key={key.key.hex()}:iv={_iv(mode, key)}"
        for key in keys
        if key.track_class is not None
    )
    return (
        f"--enable_raw_key_encryption\n--keys={described}\n--protection_scheme={mode.value}\n"
        # From the first picture on.
        "--clear_lead=0\n--protection_systems=CommonSystem\n"
    )


def decrypt(packager: str, names: Sequence[tuple[str, str]]) -> list[str]:
    """Decrypt tracks (name, ``video`` or ``audio``) in the work folder; it finds :func:`decryption_flags` on its standard input."""
    streams = [f"in={WORK}/{SEALED}/{name}.mp4,stream={kind},out={WORK}/{name}.mp4" for name, kind in names]
    return [packager, "--quiet", _FLAGS_ON_STDIN, *streams]


def decryption_flags(keys: Iterable[ContentKey]) -> str:
    """The keys for :func:`decrypt`."""
    described = ",".join(
        f"label={number}:key_id={key.kid_bytes.hex()}:key={key.key.hex()}" for number, key in enumerate(keys)
    )
    return f"--enable_raw_key_decryption\n--keys={described}\n"


def picture_class(rung: EncodedPicture) -> TrackClass:
    """What a rendition is as far as keys go."""
    return track_class_of(min(rung.width, rung.height))


def _iv(mode: Protection, key: ContentKey) -> str:
    """With cenc 8 bytes, which the packager counts up from sample to sample; with cbcs the constant IV of all of them."""
    return (key.iv[:8] if mode is Protection.CENC else key.iv).hex()


def _sound_renditions(sound: Sequence[AudioPlan]) -> Iterator[tuple[str, str, str, AudioPlan]]:
    """Folder, HLS group and DASH role; stereo first, which is what players begin with."""
    for position, track in enumerate(sound):
        yield track.name, STEREO_GROUP, "alternate" if position else "main", track
    for track in sound:
        if track.surround is not None:
            yield track.surround.name, track.surround.group, "alternate", track


def _text_role(track: SubtitlePlan) -> str:
    """ISO/IEC 23009-1 §5.8.5.5; a caption is with the sounds."""
    return "forced-subtitle" if track.forced else "caption" if track.sdh else "subtitle"


def _quiet() -> list[str]:
    return ["-v", "warning", "-nostdin", "-y", "-nostats", "-progress", "pipe:1", "-stats_period", str(_STATS_S)]


def _input_guard() -> list[str]:
    return ["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS]


def _clock(*, restarts: bool) -> list[str]:
    return ["-dts_delta_threshold", str(_JOIN_S if restarts else _NEVER_S)]


def _clean() -> list[str]:
    """Nothing of the source's own labels: titles, chapters and camera positions are none of the viewer's business."""
    return ["-map_metadata", "-1", "-map_chapters", "-1"]


def _sound_output(index: int, name: str, channels: int, chain: str) -> list[str]:
    # From more channels as ITU-R BS.775 has it, which is ffmpeg's own: the centre, where people speak, goes to both sides.
    return [
        "-map", f"0:{index}", "-af", chain,
        "-c:a", "aac", "-b:a", str(_AUDIO_BPS[channels]), "-ac", str(channels), *_clean(), f"{WORK}/{name}.mp4",
    ]  # fmt: skip


def _surround_output(index: int, made: SurroundPlan, chain: str, duration_ms: int | None) -> list[str]:
    if made.is_copied:
        assert duration_ms is not None
        end_s = f"{filters.sound_end_s(duration_ms):.3f}"
        return ["-map", f"0:{index}", "-c:a", "copy", "-t", end_s, *_clean(), f"{WORK}/{made.name}.mp4"]
    return [
        "-map", f"0:{index}", "-af", filters.surround(chain), "-c:a", "aac", "-b:a", str(surround.BPS),
        *_clean(), f"{WORK}/{made.name}.mp4",
    ]  # fmt: skip


def _kept_output(rung: Rung, plan: Plan) -> list[str]:
    return [
        "-map", f"0:{plan.picture.index}", "-c:v", "copy", "-video_track_timescale", _TIMESCALE,
        *_clean(), f"{WORK}/{rung.name}.mp4",
    ]  # fmt: skip


def _beside_kept() -> list[str]:
    """Pictures at the times of those that are kept, and key frames where they have them, and nowhere else."""
    return [
        "-fps_mode", "passthrough", "-enc_time_base", f"1/{_TIMESCALE}", "-video_track_timescale", _TIMESCALE,
        "-force_key_frames", "source", "-forced-idr", "1", "-g", str(_NEVER_FRAMES), "-sc_threshold", "0",
        # Shown in the order they are sent in, as those that are kept: then both begin at the same time.
        "-bf", "0",
    ]  # fmt: skip


def _at_each_segment(codec: VideoCodec, gop: int) -> list[str]:
    match codec:
        case VideoCodec.H264:
            return ["-g", str(gop), "-keyint_min", str(gop), "-sc_threshold", "0"]
        case VideoCodec.HEVC:
            # An open group begins with pictures that need the one before, and cannot be switched to.
            options = f"keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:log-level=error"
            return ["-g", str(gop), "-x265-params", options]
        case VideoCodec.AV1:
            return ["-g", str(gop), "-svtav1-params", "irefresh-type=2:scd=0"]


def _picture_output(rung: Rung, plan: Plan, *, report: bool) -> list[str]:
    return [
        *(("-stats_enc_post:v", "pipe:1", "-stats_enc_post_fmt:v", "frame={n}") if report else ()),
        "-map", f"[{rung.name}]", "-c:v", ENCODERS[rung.codec], *_QUALITY[rung.codec],
        "-maxrate", str(rung.max_bps), "-bufsize", str(2 * rung.max_bps),
        # The same frames are keyframes in every rendition, scene cut or not: that is what makes switching seamless.
        *(_beside_kept() if plan.keeps_picture else _at_each_segment(rung.codec, plan.gop)),
        *_clean(), f"{WORK}/{rung.name}.mp4",
    ]  # fmt: skip


def _language(language: str) -> str:
    """The packager knows no "undetermined"; LANGUAGE is optional (RFC 8216 §4.3.4.1)."""
    return "" if language == UNDETERMINED else f",lang={language}"


def _segments(name: str) -> str:
    return f"init_segment={name}/init.mp4,segment_template={name}/$Number%05d$.m4s,playlist_name={name}/main.m3u8"
