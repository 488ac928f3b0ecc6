"""The commands of ``ani`` that take video files; ``app`` has the others."""

from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Group, Parameter, validators

shared = Group("Settings (also ANI_* in the environment or .env)")

DataDir = Annotated[Path | None, Parameter(help="Folder for database, media and uploads.", group=shared)]


def _codecs(_type: Any, text: str | None) -> None:
    from streaming.ingest.picture.codecs import parse

    if text is not None:
        parse(text)


def ingest(
    file: Annotated[Path, Parameter(help="A video file: MP4, MKV, WebM, MOV …")],
    /,
    *,
    episode: Annotated[str, Parameter(help="The id of the episode it belongs to (see its address in the browser).")],
    subtitles: Annotated[
        list[Path] | None,
        Parameter(
            negative="",
            consume_multiple=True,
            help="Subtitle files (.srt, .vtt, .ass), several at once or one a time, besides those next to the video.",
        ),
    ] = None,
    protect: Annotated[
        Literal["none", "aes-128", "cbcs", "cenc"] | None,
        Parameter(
            help="How to encrypt it; without this as ANI_PROTECTION says. A video that is there already is packaged anew, not encoded again."
        ),
    ] = None,
    codecs: Annotated[
        str | None,
        Parameter(
            help="What to encode its picture with, separated by commas: h264, hevc, av1; H.264 is always there. Without this as "
            "ANI_VIDEO_CODECS says.",
            validator=_codecs,
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a video ready to stream, and attach it to an episode."""
    from server.cli import commands
    from streaming.ingest.picture.codecs import parse
    from streaming.keys.model import Protection

    commands.ingest(
        file,
        episode,
        subtitles or [],
        data_dir,
        protect=None if protect is None else Protection(protect),
        codecs=None if codecs is None else parse(codecs),
    )


def audio(
    file: Annotated[Path, Parameter(help="A file with sound: AAC, FLAC, Opus, AC-3, MP3 …, or a video that has it.")],
    /,
    *,
    episode: Annotated[str, Parameter(help="The id of an episode that has a video (see its address in the browser).")],
    language: Annotated[str, Parameter(help="In which language it is: en, ru, pt-BR; und where nobody knows.")],
    label: Annotated[
        str, Parameter(show_default=False, help="What the player's menu calls it, or else the language's own name.")
    ] = "",
    offset_ms: Annotated[
        int,
        Parameter(
            help="Milliseconds by which it is played later than the file has it; below 0 earlier.",
            validator=validators.Number(gte=-600_000, lte=600_000),
        ),
    ] = 0,
    default: Annotated[
        bool, Parameter(negative="", show_default=False, help="It plays when nobody chooses another.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Add a language of sound to a video that is there; its picture is not encoded again."""
    from server.cli import commands
    from streaming.ingest.tracks.model import SoundToAdd

    commands.add_audio(file, episode, SoundToAdd(language, label, offset_ms, default), data_dir)


def watch(
    folder: Annotated[Path, Parameter(help="A folder of video files; it is only read.")],
    /,
    *,
    once: Annotated[bool, Parameter(negative="", show_default=False, help="Look once, and end.")] = False,
    dry_run: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="Order nothing; show what would become of each file, and why."),
    ] = False,
    work: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help="Make them ready here, too, and not only by `ani serve` or `ani worker`.",
        ),
    ] = False,
    replace: Annotated[
        bool,
        Parameter(
            negative="", show_default=False, help="Also where the episode has a video: the newer one takes its place."
        ),
    ] = False,
    protect: Annotated[
        Literal["none", "aes-128", "cbcs", "cenc"] | None,
        Parameter(help="How to encrypt them; without this as ANI_PROTECTION says."),
    ] = None,
    interval: Annotated[
        float,
        Parameter(
            help="Seconds between two looks; a file is taken once it stood still from one to the next.",
            validator=validators.Number(gte=0.5, lte=86_400),
        ),
    ] = 10.0,
    data_dir: DataDir = None,
) -> None:
    """Watch a folder: what is surely of an episode is made ready to stream, everything else is left and said why.

    Named FOLDER/<release's address>/<episode>.mkv, or as the field has it: [Group] Title - 05 [1080p].mkv. See docs/watch.md.
    """
    from server.cli import watch_commands
    from streaming.keys.model import Protection

    watch_commands.watch_folder(
        folder,
        data_dir,
        once=once,
        dry_run=dry_run,
        work=work,
        replacing=replace,
        protect=None if protect is None else Protection(protect),
        interval_s=interval,
    )
