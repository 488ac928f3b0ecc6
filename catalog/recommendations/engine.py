"""The whole catalogue as numbers, and what to recommend from it: to a person, to a stranger, beside a release.

A :class:`Snapshot` is immutable and is asked in a thread: 5 to 20 ms at eight thousand releases.  Nothing of a person is kept in
it, so that what they change counts with their next request.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from catalog.recommendations.algorithms.blend import Blend, blended, liked_together
from catalog.recommendations.algorithms.content import ContentsBuilder, Label, LabelKind
from catalog.recommendations.algorithms.ease import Neighbours
from catalog.recommendations.algorithms.fitted import FittedModel
from catalog.recommendations.algorithms.reasons import SHARED_MAX, because
from catalog.recommendations.algorithms.rerank import POOL, diversified
from catalog.recommendations.model import (
    PEOPLE_SHOWN_FROM,
    RECOMMENDATIONS_MAX,
    SIMILAR_MAX,
    Preferences,
    Reason,
    ReasonKind,
    Suggestion,
    Taste,
)

POPULAR_FROM: Final = 3
"""Likes from which on "popular" is no joke."""
HALF_LIFE_YEARS: Final = 3.0
"""Of being new, for those whose taste is not known."""
RECENT_YEARS: Final = 1
"""What came out this year or the last is new."""
_POPULARITY: Final = 0.6
"""Of the score for those whose taste is not known; the rest is for being new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueItem:
    """A published release, as far as recommending it goes."""

    release_id: str
    kind: str
    year: int | None = None
    labels: tuple[Label, ...] = ()
    franchise_id: str | None = None


class CatalogueItems:
    """Published releases, one behind the other, as columns.

    A catalogue of objects would be gone through by the collector of garbage over and over while it is read, and everybody waits
    for that.
    """

    def __init__(self, items: Iterable[CatalogueItem] = ()) -> None:
        self.release_ids: list[str] = []
        self.kinds: list[str] = []
        self.years: list[int] = []
        self.franchises: list[str | None] = []
        self.studios: list[tuple[str, ...]] = []
        self.contents = ContentsBuilder()
        self.add_all(items)

    def add_all(self, items: Iterable[CatalogueItem]) -> None:
        """Put ``items`` behind the others; each once."""
        for item in items:
            self.release_ids.append(item.release_id)
            self.kinds.append(item.kind)
            self.years.append(item.year or 0)
            self.franchises.append(item.franchise_id)
            self.studios.append(tuple(label.key for label in item.labels if label.kind is LabelKind.STUDIO))
            self.contents.add(item.labels)


class Snapshot:
    """The published catalogue at one moment, with the model of what is liked together (``None`` before there is one)."""

    def __init__(self, items: CatalogueItems, model: FittedModel | None) -> None:
        self.release_ids: Sequence[str] = items.release_ids
        self.places: Mapping[str, int] = {release_id: place for place, release_id in enumerate(items.release_ids)}
        self.contents = items.contents.built()
        self._kinds = np.array(items.kinds, dtype=np.str_)
        self._years = np.array(items.years, dtype=np.int32)
        self._franchises: Sequence[str | None] = items.franchises
        self._studios = items.studios
        self._likes = np.zeros(len(self), dtype=np.int64)
        self._members = np.zeros(len(self), dtype=np.int64)
        self._rows = np.full(len(self), -1, dtype=np.int64)
        self._neighbours = Neighbours(
            np.zeros((0, 0), np.int32), np.zeros((0, 0), np.float32), np.zeros((0, 0), np.int32)
        )
        if model is not None:
            self._take(model)

    def __len__(self) -> int:
        return len(self.release_ids)

    def _take(self, model: FittedModel) -> None:
        """The model's numbers of releases become this catalogue's; those that are not in it any more lose their weight."""
        places = np.array([self.places.get(release_id, -1) for release_id in model.release_ids], dtype=np.int64)
        present = places >= 0
        self._likes[places[present]] = model.likes[present]
        self._members[places[present]] = model.members[present]
        own = places[: model.items]
        self._rows[own[own >= 0]] = np.flatnonzero(own >= 0)
        targets = own[model.neighbours.items] if model.items else np.zeros_like(model.neighbours.items)
        gone = targets < 0
        self._neighbours = Neighbours(
            np.where(gone, 0, targets).astype(np.int32),
            np.where(gone, 0, model.neighbours.weights).astype(np.float32),
            np.where(gone, 0, model.neighbours.together).astype(np.int32),
        )

    def recommend(
        self,
        taste: Taste,
        preferences: Preferences,
        hidden: frozenset[str],
        now: datetime,
        *,
        count: int = RECOMMENDATIONS_MAX,
    ) -> list[Suggestion]:
        """What this person may like, best first; filled up with what is popular, new and varied where that is too little."""
        allowed = self._allowed(taste, preferences, hidden)
        liked = self._numbers(taste.liked)
        dropped = taste.dropped if preferences.count_dropped else ()
        disliked = self._numbers((*taste.disliked, *dropped))
        chosen = self._by_taste(liked, disliked, allowed, count) if len(liked) else []
        for place, _ in chosen:
            allowed[place] = False
        return [
            Suggestion(release_id=self.release_ids[place], reason=reason)
            for place, reason in [*chosen, *self._for_anybody(allowed, now, count - len(chosen), chosen)]
        ]

    def scores(self, taste: Taste, preferences: Preferences, hidden: frozenset[str]) -> NDArray[np.float32]:
        """The score of every release for this person, before anything is said of variety; 0 for what may not be shown."""
        allowed = self._allowed(taste, preferences, hidden)
        dropped = taste.dropped if preferences.count_dropped else ()
        blend = self._scored(self._numbers(taste.liked), self._numbers((*taste.disliked, *dropped)), allowed)
        return np.where(allowed, blend.scores, 0)

    def similar(self, release_id: str, *, count: int = SIMILAR_MAX) -> list[Suggestion]:
        """What is like a release, best first; not its own franchise, which has a place of its own.  Nothing for a stranger."""
        place = self.places.get(release_id)
        if place is None:
            return []
        allowed = np.ones(len(self), dtype=bool)
        allowed[place] = False
        franchise = self._franchises[place]
        if franchise is not None:
            allowed &= np.array([other != franchise for other in self._franchises])
        work = np.array([place])
        blend = self._scored(work, np.empty(0, np.int64), allowed)
        chosen = self._diverse(np.where(allowed, blend.scores, 0), count)
        return [
            Suggestion(release_id=self.release_ids[other], reason=reason)
            for other, reason in self._with_reasons(chosen, work, work[:0], blend)
        ]

    def _numbers(self, release_ids: Sequence[str]) -> NDArray[np.int64]:
        found = (self.places.get(release_id, -1) for release_id in release_ids)
        return np.array([place for place in found if place >= 0], dtype=np.int64)

    def _allowed(self, taste: Taste, preferences: Preferences, hidden: frozenset[str]) -> NDArray[np.bool_]:
        allowed = self._members >= preferences.minimum_members
        if preferences.kinds:
            allowed &= np.isin(self._kinds, preferences.kinds)
        allowed[self._numbers((*taste.known, *hidden))] = False
        left = taste.known if not preferences.sequels else (*taste.disliked, *taste.dropped)
        franchises = {self._franchises[place] for place in self._numbers(tuple(left))} - {None}
        if franchises:
            allowed &= np.array([franchise not in franchises for franchise in self._franchises])
        return allowed

    def _scored(self, liked: NDArray[np.int64], disliked: NDArray[np.int64], allowed: NDArray[np.bool_]) -> Blend:
        own, others = self._rows[liked], self._rows[disliked]
        together = liked_together(self._neighbours, own[own >= 0], others[others >= 0], len(self))
        likeness = self.contents.likeness(self.contents.profile(liked, disliked))
        return blended(together, likeness, allowed)

    def _by_taste(
        self, liked: NDArray[np.int64], disliked: NDArray[np.int64], allowed: NDArray[np.bool_], count: int
    ) -> list[tuple[int, Reason]]:
        blend = self._scored(liked, disliked, allowed)
        chosen = self._diverse(np.where(allowed, blend.scores, 0), count)
        return self._with_reasons(chosen, liked, disliked, blend)

    def _for_anybody(
        self, allowed: NDArray[np.bool_], now: datetime, count: int, already: Sequence[tuple[int, Reason]]
    ) -> list[tuple[int, Reason]]:
        if count <= 0:
            return []
        popularity = np.log1p(self._likes) / max(float(np.log1p(self._likes.max(initial=0))), 1.0)
        ages = np.clip(now.year - self._years, 0, 100)
        scores = _POPULARITY * popularity + (1 - _POPULARITY) * np.exp2(-ages / HALF_LIFE_YEARS)
        chosen = self._diverse(np.where(allowed, scores, 0).astype(np.float32), count, [place for place, _ in already])
        return [(place, self._honest(place, now)) for place in chosen]

    def _honest(self, place: int, now: datetime) -> Reason:
        likes = int(self._likes[place])
        if likes >= POPULAR_FROM:
            return Reason(kind=ReasonKind.POPULAR, people=likes if likes >= PEOPLE_SHOWN_FROM else 0)
        recent = self._years[place] >= now.year - RECENT_YEARS
        return Reason(kind=ReasonKind.RECENT if recent else ReasonKind.VARIED)

    def _diverse(self, scores: NDArray[np.float32], count: int, already: Sequence[int] = ()) -> list[int]:
        """Numbers of the chosen; only what has a score."""
        pool = np.argsort(-scores, kind="stable")[:POOL]
        pool = pool[scores[pool] > 0]
        places = diversified(
            scores[pool],
            lambda at: self.contents.likeness_to(int(pool[at]), pool),
            [self._franchises[place] for place in pool],
            [self._studios[place] for place in pool],
            count=count,
            taken=([self._franchises[place] for place in already], [self._studios[place] for place in already]),
        )
        return [int(pool[place]) for place in places]

    def _with_reasons(
        self, works: Sequence[int], liked: NDArray[np.int64], disliked: NDArray[np.int64], blend: Blend
    ) -> list[tuple[int, Reason]]:
        """Those of ``works`` that there is a reason for: that two are series of the nineties is none."""
        profile = self.contents.profile(liked, disliked)
        found = because(works, liked, profile, blend, self.contents, self._neighbours, self._rows)
        return [
            (
                work,
                Reason(
                    kind=ReasonKind.LIKED_TOGETHER if one.together else ReasonKind.ALIKE,
                    because_id=self.release_ids[one.liked],
                    people=one.together if one.together >= PEOPLE_SHOWN_FROM else 0,
                    shared=tuple(label.text for label in one.shared[:SHARED_MAX]),
                ),
            )
            for work, one in zip(works, found, strict=True)
            if one.together or one.shared
        ]
