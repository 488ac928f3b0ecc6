"""Search by names: speed, memory and whether people find what they mean: ``python -m bench.search [--json]``.

``--titles`` takes bangumi-data's file (CC BY 4.0; fetched by npm without it), ``--known-as`` a CSV file whose first two columns
are MyAnimeList's number and name of a work, best known first: names that are not in the index, the harder examination.
"""

import argparse
import csv
import html
import random
import resource
import statistics
import string
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench.figures import figure, show
from catalog.search.adapters.readings import dictionary_readings
from catalog.search.model import Name, NamedRelease, no_readings
from catalog.search.names import NameIndex, NameSegment
from tests.support.catalog.title_queries import named, queries_of, read_titles, typo

PACKAGE = "bangumi-data@0.3.208"
GENERATED = 100_000
BEST_KNOWN = 300
TOP = 20


def fetched(folder: Path) -> Path:
    """bangumi-data's file, out of its npm package."""
    npm = Path(__file__).parents[1] / "web" / "npm.py"
    # Said where to: the wrapper works in its own folder.
    pack = [sys.executable, str(npm), "pack", "--silent", "--pack-destination", str(folder), PACKAGE]
    subprocess.run(pack, check=True, stdout=sys.stderr)
    (archive,) = folder.glob("*.tgz")
    subprocess.run(["tar", "xzf", archive.name, "package/dist/data.json"], cwd=folder, check=True)
    return folder / "package" / "dist" / "data.json"


def generated(releases: list[NamedRelease], count: int) -> list[NamedRelease]:
    """``count`` releases with names made of two halves of real ones."""
    dice = random.Random(1)

    def crossed(one: str, other: str) -> str:
        return f"{one[: len(one) // 2]}{other[len(other) // 2 :]}"

    made = []
    for number in range(count):
        one, other = dice.sample(releases, 2)
        names = zip(one.names, other.names * len(one.names), strict=False)
        crossed_names = tuple(Name(crossed(a.text, b.text) or "x", a.language) for a, b in names)
        made.append(NamedRelease(f"g{number}", crossed_names, published=True, year=one.year, side_work=one.side_work))
    return made


def asked(index: NameIndex, queries: Iterable[tuple[str, set[str]]]) -> tuple[float, float]:
    """MRR@20 and the 95th percentile of the processor's milliseconds for one query."""
    reciprocal, took = [], []
    for text, means in queries:
        began = time.thread_time()
        found = index.search(text)
        took.append((time.thread_time() - began) * 1000)
        rank = next((rank for rank, match in enumerate(found[:TOP], 1) if match.release_id in means), 0)
        reciprocal.append(1 / rank if rank else 0)
    return statistics.mean(reciprocal), statistics.quantiles(took, n=20)[-1]


def known_as(path: Path, titles: list[dict[str, Any]]) -> list[tuple[str, set[str]]]:
    """Names elsewhere and the releases they mean, best known first."""
    ours = defaultdict(set)
    for title in titles:
        ours[title["mal"]].add(title["id"])
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [(html.unescape(row[1]).strip(), ours[row[0]], row[-1]) for row in csv.reader(lines) if ours.get(row[0])]
    rows = [row for row in rows if row[0]]
    return [(name, means) for name, means, _ in sorted(rows, key=lambda row: -int(row[2] or 0))]


def measure(path: Path, elsewhere: Path | None) -> list[dict[str, Any]]:
    read = dictionary_readings()
    titles = read_titles(path, read)
    releases = [named(title) for title in titles]
    began = time.process_time()
    segment = NameSegment.build(releases, read)
    built_s = time.process_time() - began
    index = NameIndex(segment, readings=read)
    figures = [
        figure(f"build of {len(releases):,} titles, readings known (CPU)", built_s, "s"),
        figure("– its arrays", sum(array.nbytes for array in segment.arrays.values()) / 1e6, "MB"),
        figure("– without a dictionary of readings", float(read is no_readings), ""),
    ]
    dice = random.Random(2)
    by_rule = defaultdict(list)
    for row in queries_of(titles, random.Random(3)):
        by_rule[row["rule"]].append((row["query"], {row["means"]}))
    everything = [query for group in by_rule.values() for query in group]
    _, p95_ms = asked(index, everything)
    figures.append(figure(f"{len(everything)} queries by rule, {len(releases):,} titles, p95 (CPU)", p95_ms, "ms", 20))
    figures += [figure(f"MRR@{TOP}: {rule}", asked(index, group)[0], "") for rule, group in by_rule.items()]
    if elsewhere is not None:
        names = known_as(elsewhere, titles)
        best, some = names[:BEST_KNOWN], dice.sample(names, min(1_000, len(names)))
        figures += [
            figure(
                f"MRR@{TOP}: MyAnimeList's names, {BEST_KNOWN} best known", asked(index, best)[0], "", 0.9, least=True
            ),
            figure(f"MRR@{TOP}: MyAnimeList's names, any", asked(index, some)[0], "", 0.82, least=True),
            figure(
                f"MRR@{TOP}: the best known with two typos",
                asked(index, twice_wrong(best, dice))[0],
                "",
                0.85,
                least=True,
            ),
            figure(f"MRR@{TOP}: any with two typos", asked(index, twice_wrong(some, dice))[0], ""),
        ]
    nonsense = ["".join(dice.choices(string.ascii_lowercase, k=dice.randint(8, 20))) for _ in range(500)]
    figures.append(
        figure(
            "made-up words of 8 to 20 letters that find something",
            sum(bool(index.search(word)) for word in nonsense) / 5,
            "%",
        )
    )
    return figures + measure_many(releases, everything)


def twice_wrong(queries: list[tuple[str, set[str]]], dice: random.Random) -> list[tuple[str, set[str]]]:
    return [(typo(typo(name, dice), dice), means) for name, means in queries if sum(map(str.isalpha, name)) > 3]


def measure_many(releases: list[NamedRelease], queries: list[tuple[str, set[str]]]) -> list[dict[str, Any]]:
    many = generated(releases, GENERATED - len(releases)) + releases
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    built_s, segment = timed(lambda: NameSegment.build(many, no_readings))
    most_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) * 1024 / 1e6
    began = time.process_time()
    NameSegment(segment.arrays)
    loaded_s = time.process_time() - began
    _, p95_ms = asked(NameIndex(segment, readings=no_readings), queries)
    return [
        figure(f"the same queries, {len(many):,} titles, p95 (CPU)", p95_ms, "ms", 50),
        figure("– their build (CPU)", built_s, "s"),
        figure("– the most memory it took", most_mb, "MB"),
        figure("– its arrays", sum(array.nbytes for array in segment.arrays.values()) / 1e6, "MB"),
        figure("– made from stored arrays in", loaded_s, "s"),
    ]


def timed(work: Callable[[], NameSegment]) -> tuple[float, NameSegment]:
    began = time.process_time()
    done = work()
    return time.process_time() - began, done


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the search by names.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of lines")
    parser.add_argument(
        "--titles", type=Path, help="bangumi-data's data.json, plain or gzipped; fetched by npm without it"
    )
    parser.add_argument("--known-as", type=Path, help="CSV: number and name at MyAnimeList, ..., members")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        figures = measure(given.titles or fetched(Path(folder)), given.known_as)
    show(figures, as_json=given.json)


if __name__ == "__main__":
    main()
