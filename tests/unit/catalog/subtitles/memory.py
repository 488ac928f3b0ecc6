"""Added subtitles in memory, as the use cases see them."""

from datetime import UTC, datetime

from catalog.subtitles.model import Subtitle, SubtitleTrack
from catalog.subtitles.usecases import SubtitleContext

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Memory:
    """Where subtitles are kept; their versions stay 1, for it is the database that counts them."""

    def __init__(self) -> None:
        self.kept: dict[str, Subtitle] = {}

    @property
    def context(self) -> SubtitleContext:
        return SubtitleContext(subtitles=self, now=NOW)

    async def get(self, subtitle_id: str) -> Subtitle | None:
        return self.kept.get(subtitle_id)

    async def of_episode(self, episode_id: str) -> list[SubtitleTrack]:
        found = [
            SubtitleTrack(
                id=one.id,
                episode_id=one.episode_id,
                release_id=one.release_id,
                language=one.language,
                label=one.label,
                forced=one.forced,
                sdh=one.sdh,
                created_at=one.created_at,
                updated_at=one.updated_at,
                version=one.version,
            )
            for one in self.kept.values()
            if one.episode_id == episode_id
        ]
        return sorted(found, key=lambda track: (track.language, track.label))

    def add(self, subtitle: Subtitle) -> None:
        self.kept[subtitle.id] = subtitle

    async def remove(self, subtitle: Subtitle) -> None:
        del self.kept[subtitle.id]
