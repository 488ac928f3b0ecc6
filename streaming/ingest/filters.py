"""ffmpeg's filter graph for the picture: one decode, one pass of clean-up, a branch for each rendition.  Pure."""

from typing import Final

from streaming.ingest.plan import Plan
from streaming.ingest.probe import Picture

FOREIGN: Final = frozenset({"av1"})
"""What the bundled ffmpeg names and cannot decode, being built without dav1d; another program does (``foreign.py``)."""

_POSTER_BOX: Final = (1280, 720)

_JPEG: Final = "out_color_matrix=bt601:out_range=pc,format=pix_fmts=yuv420p:color_ranges=pc"
"""A JPEG is always BT.601 in full range (ITU-T T.871 §7), whatever the film was."""


def graph(plan: Plan, *, pictures: bool) -> str:
    """The whole graph; with ``pictures`` it ends in ``[thumbnails]`` as well as in one pad for each rendition."""
    top, *lower = plan.rungs
    rate = f"{plan.frame_rate.numerator}/{plan.frame_rate.denominator}"
    steps = ["[1:0]" if plan.picture.codec in FOREIGN else f"[0:{plan.picture.index}]"]
    filters = ["bwdif=mode=send_frame:deint=interlaced"] if plan.picture.interlaced else []
    # From zero: a picture that starts after its sound begins with its first frame, held.
    filters.append(f"fps={rate}:start_time=0")
    filters.append(f"scale={top.width}:{top.height}:out_range=tv{_colours(plan.picture)}")
    filters += ["setsar=1", "format=yuv420p"]
    outputs = [f"[{top.name}]", *(f"[to-{rung.name}]" for rung in lower)]
    if pictures:
        outputs.append("[still]")
    filters.append(f"split={len(outputs)}")
    chains = ["".join(steps) + ",".join(filters) + "".join(outputs)]
    chains += [
        f"[to-{rung.name}]scale={rung.width}:{rung.height}:flags=bicubic,setsar=1[{rung.name}]" for rung in lower
    ]
    if pictures:
        board = plan.storyboard
        # The very first frame, and then the one in the middle of each interval (see sprites.chosen).
        count = f"floor({{}}/{board.interval_s}+1/2)"
        first = f"isnan(prev_selected_t)+gt({count.format('t')},{count.format('prev_selected_t')})"
        chains.append(f"[still]select='{first}',scale={board.width}:{board.height}:{_JPEG}[thumbnails]")
    return ";".join(chains)


def poster(width: int, height: int) -> str:
    """The filters that make the poster of a picture ``width × height``."""
    box = _POSTER_BOX if width >= height else _POSTER_BOX[::-1]
    scale = min(1.0, box[0] / width, box[1] / height)
    return f"scale={max(2, int(width * scale / 2) * 2)}:{max(2, int(height * scale / 2) * 2)}:{_JPEG}"


def _colours(picture: Picture) -> str:
    """From high dynamic range (ITU-R BT.2100) to what every screen shows (BT.709); nothing for ordinary pictures."""
    if picture.hdr_transfer is None:
        return ""
    return (
        f":in_primaries=bt2020:in_transfer={picture.hdr_transfer}:in_color_matrix=bt2020"
        ":out_primaries=bt709:out_transfer=bt709:out_color_matrix=bt709:intent=perceptual"
    )
