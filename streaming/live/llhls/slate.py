"""What is shown while a publisher sends no picture.  Pure; ``adapters/slates.py`` draws and encodes it."""

from dataclasses import dataclass
from typing import Final

from streaming.live.llhls.depacketising.h264 import PictureConfig

FRAME_MS: Final = 100
"""Three in a part, just above 85 % of its target; a picture that does not move needs no more."""


@dataclass(frozen=True, slots=True)
class Slate:
    """An encoded picture that stands still, to be shown over and over: the first frame is a key frame."""

    config: PictureConfig
    frames: tuple[bytes, ...]
    """Samples of ``avc1``, :data:`FRAME_MS` each; together a segment."""
