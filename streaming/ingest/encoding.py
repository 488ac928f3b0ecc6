"""What is made of a source, as far as an operator says it."""

from dataclasses import dataclass

from streaming.ingest.surround import Surround


@dataclass(frozen=True, slots=True)
class Encoding:
    """How videos are encoded where nobody chooses; bound like a port."""

    surround: Surround = Surround.COPY

    @property
    def mark(self) -> str:
        """What tells it from the usual in a fingerprint: another asset is made of the same file."""
        return "" if self.surround is Surround.COPY else f":{self.surround.value}"
