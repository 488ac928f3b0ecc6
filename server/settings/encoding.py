"""``ANI_SURROUND`` and ``ANI_VIDEO_CODECS``: what is made of videos."""

from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from streaming.ingest.encoding import Encoding
from streaming.ingest.picture.codecs import VideoCodec, parse
from streaming.ingest.surround import Surround


class EncodingSettings(BaseSettings):
    """How videos are encoded where nobody chooses."""

    surround: Surround = Field(
        Surround.COPY,
        description="What becomes of sound with 5.1 channels or more, besides the stereo that everything plays: copy (AC-3 and "
        "E-AC-3 as they are, for televisions and receivers; everything else as AAC 5.1), aac (always AAC 5.1, which browsers "
        "play, too) or off (stereo alone, which takes less of the disk).",
    )

    video_codecs: Annotated[tuple[VideoCodec, ...], NoDecode] = Field(
        (VideoCodec.H264,),
        description="What the picture is encoded with, separated by commas: h264, hevc, av1. H.264 is in every video; each other takes "
        "as many renditions again, one and a half (av1) to three times (hevc) as long to encode, and some two thirds of the bits to play.",
    )

    @field_validator("video_codecs", mode="before")
    @classmethod
    def _codecs(cls, value: Any) -> Any:
        return parse(value) if isinstance(value, str) else value

    @property
    def encoding(self) -> Encoding:
        """As ``streaming.ingest`` knows it."""
        return Encoding(self.surround, self.video_codecs)
