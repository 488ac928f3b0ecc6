"""ffmpeg's filter graph for the picture: one decode, one pass of clean-up, a branch for each rendition.  Pure."""

from typing import Final

from streaming.ingest.plan import Plan
from streaming.ingest.probe import VideoStream
from streaming.ingest.timing.timeline import Cut

FOREIGN: Final = frozenset({"av1"})
"""What the bundled ffmpeg names and cannot decode, being built without dav1d; another program does (``av1_decoder.py``)."""

WORK: Final = "work"
"""Folder of the intermediate files, under the folder that will be published; gone before that."""

COLOUR_TABLE: Final = f"{WORK}/colour.cube"
"""From the source's colours to BT.709, where they need more than a matrix."""

AUDIO_TAIL_S: Final = 0.03
"""Sound stops this much before the picture: AAC comes in packets of 21 ms, and one that spilled over the last segment
boundary would be a segment of its own with nothing in it to hear."""

_POSTER_BOX: Final = (1280, 720)

_JPEG: Final = "out_color_matrix=bt601:out_range=pc,format=pix_fmts=yuv420p:color_ranges=pc"
"""A JPEG is always BT.601 in full range (ITU-T T.871 §7), whatever the film was."""


def graph(plan: Plan, *, pictures: bool) -> str:
    """The whole graph; with ``pictures`` it ends in ``[thumbnails]`` as well as in one pad for each rendition."""
    if plan.keeps_picture:
        return _graph_beside_kept(plan, pictures=pictures)
    top, *lower = plan.rungs
    source = "[1:0]" if plan.picture.codec in FOREIGN else f"[0:{plan.picture.index}]"
    filters = [*_upright(plan.picture), *_steady(plan), *_screen(plan.picture, f"{top.width}:{top.height}")]
    outputs = [f"[{top.name}]", *(f"[to-{rung.name}]" for rung in lower)]
    if pictures:
        outputs.append("[still]")
    filters.append(f"split={len(outputs)}")
    chains = [source + ",".join(filters) + "".join(outputs)]
    chains += [
        f"[to-{rung.name}]scale={rung.width}:{rung.height}:flags=bicubic,setsar=1[{rung.name}]" for rung in lower
    ]
    if pictures:
        chains.append(_thumbnails(plan))
    return ";".join(chains)


def _thumbnails(plan: Plan) -> str:
    board = plan.storyboard
    # The very first frame, and then the one in the middle of each interval (see sprites.chosen).
    count = f"floor({{}}/{board.interval_s}+1/2)"
    first = f"isnan(prev_selected_t)+gt({count.format('t')},{count.format('prev_selected_t')})"
    return f"[still]select='{first}',scale={board.width}:{board.height}:{_JPEG}[thumbnails]"


def _graph_beside_kept(plan: Plan, *, pictures: bool) -> str:
    """Every picture at its own time: the largest rendition is not encoded, and these are to be cut where it is."""
    lower = plan.encoded_rungs
    outputs = [*(f"[to-{rung.name}]" for rung in lower), *(["[still]"] if pictures else [])]
    if not outputs:
        return "nullsrc=size=16x16:duration=0.04,nullsink"
    chains = [f"[0:{plan.picture.index}]split={len(outputs)}{''.join(outputs)}"]
    chains += [
        f"[to-{rung.name}]" + ",".join(_screen(plan.picture, f"{rung.width}:{rung.height}")) + f"[{rung.name}]"
        for rung in lower
    ]
    if pictures:
        chains.append(_thumbnails(plan))
    return ";".join(chains)


def surround(chain: str) -> str:
    """``chain`` with 5.1 channels in the order that AAC has a number for; others would need a description browsers refuse.

    What 7.1 has behind and beside goes into one pair.
    """
    return f"{chain},aformat=channel_layouts=5.1"


def sound_end_s(duration_ms: int) -> float:
    """When sound stops, of a picture that long."""
    return max(duration_ms / 1000 - AUDIO_TAIL_S, AUDIO_TAIL_S)


def sound(plan: Plan) -> str:
    """The filters of a track of sound: in step with the picture, and as long as it."""
    filters = [f"asetpts='{_without_jumps(plan.timeline.cuts)}'"] if plan.timeline.cuts else []
    # Gaps, late starts and early ends become silence: sound stays with its picture, and players stall where tracks end apart.
    filters.append("aresample=48000:async=1:first_pts=0,apad")
    filters.append(f"atrim=end={sound_end_s(plan.duration_ms):.3f}")
    return ",".join(filters)


def added_sound(duration_ms: int, offset_ms: int) -> str:
    """The filters of sound that comes apart from its picture: ``offset_ms`` later than it has it, and as long as the picture."""
    chain = ["aresample=48000:async=1:first_pts=0"]
    if offset_ms > 0:
        chain.append(f"adelay={offset_ms}:all=1")
    elif offset_ms < 0:
        chain.append(f"atrim=start={-offset_ms / 1000:.3f},asetpts=PTS-STARTPTS")
    chain.append(f"apad,atrim=end={sound_end_s(duration_ms):.3f}")
    return ",".join(chain)


def poster(width: int, height: int) -> str:
    """The filters that make the poster of a picture ``width × height``."""
    box = _POSTER_BOX if width >= height else _POSTER_BOX[::-1]
    scale = min(1.0, box[0] / width, box[1] / height)
    return f"scale={max(2, int(width * scale / 2) * 2)}:{max(2, int(height * scale / 2) * 2)}:{_JPEG}"


def _upright(picture: VideoStream) -> list[str]:
    """What ffmpeg does by itself for what it decodes: raw frames carry neither crop, nor display matrix, nor colours."""
    if picture.codec not in FOREIGN:
        return []
    colour, crop = picture.colour, picture.crop
    tags = [("range", "pc" if colour.full_range else "tv"), ("color_primaries", colour.primaries)]
    tags += [("color_trc", colour.transfer), ("colorspace", "bt2020nc" if colour.matrix == "bt2020" else colour.matrix)]
    filters = ["setparams=" + ":".join(f"{name}={value}" for name, value in tags if value)]
    if any((crop.left, crop.right, crop.top, crop.bottom)):
        size = f"iw-{crop.left + crop.right}:ih-{crop.top + crop.bottom}"
        filters.append(f"crop={size}:{crop.left}:{crop.top}:exact=1")
    if picture.mirrored:
        filters.append("vflip")
    quarters = round(picture.rotation / 90) % 4
    return filters + {0: [], 1: ["transpose=cclock"], 2: ["hflip", "vflip"], 3: ["transpose=clock"]}[quarters]


def _steady(plan: Plan) -> list[str]:
    """A constant rate from zero on, for exactly as long as the film is."""
    rate = f"{plan.frame_rate.numerator}/{plan.frame_rate.denominator}"
    filters = [f"setpts='{_without_jumps(plan.timeline.cuts)}'"] if plan.timeline.cuts else []
    if plan.picture.interlaced:
        filters.append("bwdif=mode=send_frame:deint=interlaced")
    # From zero: a picture that starts after its sound begins with its first frame, held.
    filters.append(f"fps={rate}:start_time=0")
    # A last frame may claim to last for days.
    filters.append(f"trim=end_frame={plan.frames - plan.held_frames}")
    if plan.held_frames:
        filters.append(f"tpad=stop_mode=clone:stop={plan.held_frames}")
    return filters


def _screen(picture: VideoStream, size: str) -> list[str]:
    """To ``size``, in the colours of an ordinary screen, tagged as what they are."""
    colour = picture.colour
    given = f":in_color_matrix={colour.matrix}" if colour.matrix else ""
    if colour.full_range is not None:
        given += f":in_range={'pc' if colour.full_range else 'tv'}"
    shown = f"out_color_matrix={colour.output_matrix}:out_range=tv"
    # All of them: players that miss one guess the others.  Every transfer that is left here is shown as BT.709's.
    tags = f"setparams=colorspace={colour.output_matrix}:color_primaries={colour.output_primaries}:color_trc=bt709:range=tv"
    if not colour.needs_mapping:
        return [f"scale={size}{given}:{shown}", "setsar=1", "format=yuv420p", tags]
    return [
        f"scale={size}{given}:out_range=pc:flags=bicubic+accurate_rnd+full_chroma_int",
        # Twelve bits: PQ has steps that one can see with ten, once they are spread.
        "format=gbrp12",
        f"lut3d=file={COLOUR_TABLE}:interp=tetrahedral",
        # What it is now, or the next filter would take it for what it was.
        "setparams=color_primaries=bt709:color_trc=bt709",
        f"scale={shown}",
        "setsar=1",
        "format=yuv420p",
        tags,
    ]


def _without_jumps(cuts: tuple[Cut, ...]) -> str:
    """An expression for a frame's time, less the jumps before it."""
    terms = [f"clip(T-{cut.at_ms / 1000:.3f},0,{cut.length_ms / 1000:.3f})" for cut in cuts]
    return f"PTS-({'+'.join(terms)})/TB"
