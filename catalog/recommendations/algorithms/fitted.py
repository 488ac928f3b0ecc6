"""What the nightly work leaves: the weights, and how many people know and like what.  Pure."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from catalog.recommendations.algorithms.ease import Likes, Neighbours, fit, nothing, restricted, selected

FORMAT: Final = 1
"""Of the bytes: counted up by whoever changes what is in them."""
BUILT_AT_HOUR: Final = 3
"""UTC. When fewest people watch in Europe, and before Japan's evening."""


class UnreadableModel(ValueError):
    """These bytes are no model, or one of another version of the program."""


@dataclass(frozen=True, slots=True)
class FittedModel:
    """``neighbours`` is of the first :attr:`items` of ``release_ids``; the others are too seldom liked to have any."""

    release_ids: tuple[str, ...]
    likes: NDArray[np.int32]
    """How many people like each release."""
    members: NDArray[np.int32]
    """How many people have it in their library."""
    neighbours: Neighbours

    @classmethod
    def build(
        cls,
        release_ids: Sequence[str],
        likes: Likes,
        members: NDArray[np.int32],
        progress: Callable[[float], None] = nothing,
    ) -> "FittedModel":
        """Fit the weights between the releases that enough people like.  Takes a minute for ten thousand of them."""
        kept = selected(likes)
        others = np.setdiff1d(np.arange(likes.count), kept)
        order = np.concatenate((kept, others))
        return cls(
            tuple(release_ids[place] for place in order),
            likes.liked_by()[order].astype(np.int32),
            members[order],
            fit(restricted(likes, kept), progress=progress),
        )

    @property
    def items(self) -> int:
        """Releases that have neighbours."""
        return len(self.neighbours)

    def packed(self) -> bytes:
        """For storing: some 6 MB at ten thousand releases.  Half precision is enough for what is only added up."""
        held = io.BytesIO()
        np.savez_compressed(
            held,
            format=np.array([FORMAT]),
            release_ids=np.frombuffer("\n".join(self.release_ids).encode(), dtype=np.uint8),
            likes=self.likes,
            members=self.members,
            items=self.neighbours.items.astype(np.uint16),
            weights=self.neighbours.weights.astype(np.float16),
            together=self.neighbours.together,
        )
        return held.getvalue()

    @classmethod
    def unpacked(cls, data: bytes) -> "FittedModel":
        """Raises :class:`UnreadableModel`."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            known = int(arrays["format"][0]) == FORMAT
            text = arrays["release_ids"].tobytes().decode() if known else ""
        except Exception as error:
            raise UnreadableModel from error
        if not known:
            raise UnreadableModel
        return cls(
            tuple(text.split("\n")) if text else (),
            arrays["likes"],
            arrays["members"],
            Neighbours(arrays["items"].astype(np.int32), arrays["weights"].astype(np.float32), arrays["together"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecord:
    """What is told of a stored model."""

    version: str
    """Unique; later ones are larger."""
    built_at: datetime
    people: int
    """Whose likes it is of."""
    items: int
    """Releases that have neighbours."""
    took_s: float


def is_due(built_at: datetime | None, now: datetime) -> bool:
    """Whether a model is to be built: there is none, or none since the last night."""
    return built_at is None or built_at < last_night(now)


def last_night(now: datetime) -> datetime:
    """The latest moment at or before ``now`` at which a model is to be built."""
    night = now.astimezone(UTC).replace(hour=BUILT_AT_HOUR, minute=0, second=0, microsecond=0)
    return night if night <= now else night - timedelta(days=1)
