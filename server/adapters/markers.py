"""Marks in the catalogue."""

from collections.abc import Mapping, Sequence

from typing_extensions import override

import catalog.releases.episodes.usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import Episode, Span, SpanKind, SpanSource
from catalog.releases.episodes.usecases import Episodes
from kernel.feature import Feature
from kernel.scope import Scope
from streaming.markers.model import Mark, MarkKind
from streaming.markers.usecases import MarkableEpisode, MarkedEpisodes


class CatalogueMarks(MarkedEpisodes):
    """Marks as spans of episodes."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    async def around(self, episode_id: str, most: int) -> Sequence[MarkableEpisode]:
        episodes = self._scope.port(Episodes)
        middle = await episodes.get(episode_id)
        if middle is None:
            return []
        near = sorted(await episodes.of_release(middle.release_id), key=lambda each: abs(each.ordinal - middle.ordinal))
        near.sort(key=lambda each: each.id != middle.id)
        return [_markable(each) for each in near[: most + 1]]

    @override
    async def mark(self, episode_id: str, found: Mapping[MarkKind, Mark | None]) -> None:
        spans = {SpanKind(kind.value): None if mark is None else _span(mark) for kind, mark in found.items()}
        await catalog.releases.episodes.usecases.mark_found(context_of(self._scope), episode_id, spans)


def _markable(episode: Episode) -> MarkableEpisode:
    open_kinds = [kind for kind in SpanKind if episode.may_mark(kind)]
    return MarkableEpisode(
        episode.id,
        episode.ordinal,
        frozenset(MarkKind(kind.value) for kind in open_kinds),
        frozenset(MarkKind(kind.value) for kind in open_kinds if getattr(episode, kind) is not None),
    )


def _span(mark: Mark) -> Span:
    return Span(mark.start_ms, mark.stop_ms, SpanSource(mark.source.value), mark.confidence)


JOINED = Feature(ports={MarkedEpisodes: CatalogueMarks})
"""What joins marks and the catalogue."""
