"""The slate of live channels, drawn and encoded once a process."""

import re
from fractions import Fraction
from typing import Final

import av
from av.video.codeccontext import VideoCodecContext

from streaming.live.llhls.depacketising.h264 import PictureConfig
from streaming.live.llhls.depacketising.sps import parse_sps
from streaming.live.llhls.fmp4.fragment import sample_of_nals
from streaming.live.llhls.model import SEGMENT_MS
from streaming.live.llhls.slate import FRAME_MS, Slate
from streaming.proxy.slates.adapters.store import draw

WIDTH_PX: Final = 1280
HEIGHT_PX: Final = 720

_START_CODE: Final = re.compile(rb"(?<!\x00)\x00{2,}\x01")
"""Before each NAL unit of a byte stream (H.264 annex B)."""


def encode_slate(width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> Slate:
    """Takes a fifth of a second of a core.  Raises ``av.FFmpegError``."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width_px, height_px, "yuv420p"
    encoder.time_base, encoder.gop_size, encoder.max_b_frames = Fraction(FRAME_MS, 1000), SEGMENT_MS // FRAME_MS, 0
    encoder.thread_count = 1
    encoder.options = {"preset": "veryfast", "tune": "stillimage,zerolatency", "profile": "baseline", "level": "3.1"}
    picture = av.VideoFrame.from_image(draw(width_px, height_px))  # type: ignore[no-untyped-call]
    packets = []
    for index in range(SEGMENT_MS // FRAME_MS):
        picture.pts, picture.time_base = index, encoder.time_base
        packets += encoder.encode(picture)
    packets += encoder.encode(None)
    units = [[nal for nal in _START_CODE.split(bytes(packet)) if nal] for packet in packets]
    sps = next(nal for nal in units[0] if nal[0] & 0x1F == 7)
    pps = next(nal for nal in units[0] if nal[0] & 0x1F == 8)
    slices = [[nal for nal in unit if nal[0] & 0x1F in (1, 5)] for unit in units]
    return Slate(PictureConfig(parse_sps(sps), (sps,), (pps,)), tuple(sample_of_nals(nals) for nals in slices))
