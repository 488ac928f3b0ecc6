"""Edges, what is known of them, and in which order a player should use them.  Pure.

A *pathway* (draft-pantos-hls-rfc8216bis-20 §7) is one edge as a playlist names it: its PATHWAY-ID is the edge's name.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

FAILED_FOR_MS: Final = 300_000
"""So long an edge that failed for a viewer is their last choice; hls.js leaves a pathway alone for as long."""
MEASURED_FOR_MS: Final = 600_000
"""So long a throughput counts: an evening's congestion comes and goes."""
MUCH_SLOWER: Final = 2
"""Measurements of one link differ by half from minute to minute; below that nobody is sent elsewhere for it."""
HEADROOM: Final = 1.25
"""A player plays what takes 0.8 of its throughput (``quality.START_MARGIN``)."""
DOWN_AFTER: Final = 2
"""Failed questions in a row: one may be a restart."""
UP_AFTER: Final = 2
"""Answered ones in a row, before viewers are sent there again."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Somewhere that serves ``/hls/…`` as this server does."""

    name: str
    """Its PATHWAY-ID: letters, digits, ``-``, ``.`` and ``_`` (§4.4.6.2)."""
    url: str
    """Without a slash at the end; empty: where the playlist came from."""
    weight: int = 1
    """Its share of viewers among edges of one priority."""
    priority: int = 0
    """Lower ones are used before higher ones."""
    health_path: str = "/healthz"
    """Below ``url``; answers with a status below 400 while the edge is well."""


@dataclass(frozen=True, slots=True)
class Health:
    """Of an edge, as answers to the question whether it is there have it."""

    is_up: bool = True
    streak: int = 0
    """Answers in a row that say otherwise than ``is_up``."""

    def after(self, answered: bool) -> "Health":
        """With one more answer, or none in time."""
        if answered == self.is_up:
            return Health(self.is_up)
        streak = self.streak + 1
        if streak >= (UP_AFTER if answered else DOWN_AFTER):
            return Health(answered)
        return Health(self.is_up, streak)


@dataclass(frozen=True, slots=True)
class Experience:
    """What a viewer found on one edge.  Times are Unix ms."""

    bps: int | None = None
    measured_at_ms: int = 0
    failed_at_ms: int | None = None

    def measured(self, now_ms: int) -> int | None:
        """The throughput, if it counts still; bit/s."""
        return self.bps if self.bps and now_ms - self.measured_at_ms <= MEASURED_FOR_MS else None

    def failed(self, now_ms: int) -> bool:
        """Whether it failed for this viewer lately."""
        return self.failed_at_ms is not None and now_ms - self.failed_at_ms <= FAILED_FOR_MS


UNKNOWN: Final = Experience()


@dataclass(frozen=True, slots=True)
class ViewerMemory:
    """What one stream's player found so far."""

    told: str = ""
    """The edge it was sent to last."""
    seen: Mapping[str, Experience] = field(default_factory=dict)

    def with_throughput(self, name: str, bps: int, now_ms: int) -> "ViewerMemory":
        """It measured this much there; players smooth by themselves."""
        found = self.seen.get(name, UNKNOWN)
        return replace(self, seen={**self.seen, name: replace(found, bps=bps, measured_at_ms=now_ms)})

    def with_failure(self, name: str, now_ms: int) -> "ViewerMemory":
        """It could not load something from there."""
        found = self.seen.get(name, UNKNOWN)
        return replace(self, seen={**self.seen, name: replace(found, failed_at_ms=now_ms)})

    def at(self, name: str, now_ms: int) -> "ViewerMemory":
        """It is at this edge now.  Where it was sent elsewhere, it left that one by itself: something failed there."""
        if self.told and name != self.told:
            return self.with_failure(self.told, now_ms)
        return self


NOTHING_SEEN: Final = ViewerMemory()


def ordered(
    edges: Iterable[Edge],
    *,
    session_id: str,
    down: Collection[str],
    memory: ViewerMemory,
    least_bps: int,
    now_ms: int,
) -> list[Edge]:
    """The edges for one stream, the best first, each of them once.

    First those that are up and did not fail for this viewer; of these not those much slower for them than others, or too slow for
    the smallest quality (``least_bps``) where another is not; then by priority; and within one priority by a draw that gives each
    its weight's share of streams, and the same stream the same order for as long as the edges stay (rendezvous hashing).
    """
    edges = list(edges)
    measured = {name: bps for name, found in memory.seen.items() if (bps := found.measured(now_ms)) is not None}
    best_bps = max((measured[edge.name] for edge in edges if edge.name in measured), default=0)

    def slowness(name: str) -> int:
        bps = measured.get(name)
        if bps is None:
            return 0
        if bps * MUCH_SLOWER < best_bps:
            return 2
        return 1 if bps < least_bps * HEADROOM else 0

    def rank(edge: Edge) -> tuple[bool, bool, int, int, float]:
        failed = memory.seen.get(edge.name, UNKNOWN).failed(now_ms)
        return edge.name in down, failed, slowness(edge.name), edge.priority, -_draw(session_id, edge)

    return sorted(edges, key=rank)


def _draw(session_id: str, edge: Edge) -> float:
    """Weighted rendezvous hashing: the largest of ``-weight / ln(u)`` wins with a probability in proportion to its weight."""
    digest = sha256(f"{session_id} {edge.name}".encode()).digest()
    uniform = (int.from_bytes(digest[:8], "big") + 0.5) / 2**64
    return -edge.weight / math.log(uniform)


@dataclass(frozen=True, slots=True)
class Pathway:
    """An edge in the playlist of one stream."""

    name: str = ""
    base: str = ""
    """What stands before addresses below the asset, with a slash at the end; empty: they stay relative."""


@dataclass(frozen=True, slots=True)
class Pathways:
    """Where the media of one stream are, the best first."""

    entries: Sequence[Pathway] = (Pathway(),)
    server_uri: str = ""
    """Of the steering manifest."""

    @property
    def are_steered(self) -> bool:
        """Whether there is a choice."""
        return len(self.entries) > 1


HERE: Final = Pathways()
"""Where the playlist came from, and nowhere else."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a multivariant playlist leads to, for clones of its pathways; addresses are relative to it."""

    variants: tuple[str, ...] = ()
    renditions: tuple[str, ...] = ()
    least_bps: int = 0
    """Of its smallest variant."""
