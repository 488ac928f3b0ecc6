"""What is made of a source, as far as an operator says it."""

from dataclasses import dataclass

from streaming.ingest.picture.codecs import VideoCodec
from streaming.ingest.surround import Surround


@dataclass(frozen=True, slots=True)
class Encoding:
    """How videos are encoded where nobody chooses; bound like a port."""

    surround: Surround = Surround.COPY
    codecs: tuple[VideoCodec, ...] = (VideoCodec.H264,)
    """What renditions of the picture there are in; H.264 among them."""

    @property
    def mark(self) -> str:
        """What tells it from the usual in a fingerprint: another asset is made of the same file."""
        sound = "" if self.surround is Surround.COPY else f":{self.surround.value}"
        return sound + "".join(f"+{codec.value}" for codec in self.codecs if codec.is_optional)
