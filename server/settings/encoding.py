"""``ANI_SURROUND``: what is made of videos."""

from pydantic import Field
from pydantic_settings import BaseSettings

from streaming.ingest.encoding import Encoding
from streaming.ingest.surround import Surround


class EncodingSettings(BaseSettings):
    """How videos are encoded where nobody chooses."""

    surround: Surround = Field(
        Surround.COPY,
        description="What becomes of sound with 5.1 channels or more, besides the stereo that everything plays: copy (AC-3 and "
        "E-AC-3 as they are, for televisions and receivers; everything else as AAC 5.1), aac (always AAC 5.1, which browsers "
        "play, too) or off (stereo alone, which takes less of the disk).",
    )

    @property
    def encoding(self) -> Encoding:
        """As ``streaming.ingest`` knows it."""
        return Encoding(self.surround)
