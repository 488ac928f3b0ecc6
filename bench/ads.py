"""Scores of the ad detection on labelled playlists, and the speed of the whole surgery on one of 1,000 segments.

    python -m bench.ads [--json] [--corpus FOLDER]

``FOLDER`` holds ``files/*.m3u8`` and ``ads.csv`` (columns file, kind, ad_index, confidence); rows of low confidence are not scored.
A row counts as heuristic if its playlist has no explicit signal at all.
"""

import argparse
import csv
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from streaming.proxy.detect.detect import DetectionRules, detect
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.rewrite import Rewriter
from streaming.proxy.strip.strip import AdPolicy, StripOptions, strip

CORPUS = Path(__file__).parents[2] / "shared" / "data" / "hls"
_RUNS = 50


@dataclass
class Figure:
    """One line of the result."""

    figure: str
    value: float
    unit: str
    target: str
    ok: bool


@dataclass
class Score:
    """Segments, over all playlists of one kind."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Of what was called an ad, how much is one."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of the ads, how many were called so."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def scores(corpus: Path) -> tuple[Score, Score, list[str]]:
    """Explicit and heuristic scores, and a line for each playlist that was judged wrongly."""
    explicit, heuristic, mistakes = Score(), Score(), []
    with (corpus / "ads.csv").open(encoding="utf-8", newline="") as labels:
        for row in csv.DictReader(labels):
            if row["confidence"] == "low":
                continue
            playlist = Playlist.parse((corpus / "files" / row["file"]).read_bytes())
            wanted = {int(index) for index in row["ad_index"].split()}
            found = set(detect(playlist).ads)
            signed = detect(playlist, DetectionRules(heuristics=False)).ads or not wanted
            score = explicit if signed else heuristic
            score.right += len(found & wanted)
            score.wrong += len(found - wanted)
            score.missed += len(wanted - found)
            if found != wanted:
                mistakes.append(f"{row['file']}: wrongly {sorted(found - wanted)}, missed {sorted(wanted - found)}")
    return explicit, heuristic, mistakes


def thousand_segments() -> bytes:
    """A live-like playlist: dates, a key rotated every 100 segments, four breaks with cues, absolute addresses."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-TARGETDURATION:6", "#EXT-X-MEDIA-SEQUENCE:88000"]
    for number in range(1000):
        if number % 100 == 0:
            lines.append(f'#EXT-X-KEY:METHOD=AES-128,URI="https://keys.example.com/{number}.key"')
        if number % 250 == 200:
            lines += ["#EXT-X-DISCONTINUITY", "#EXT-X-CUE-OUT:30"]
        if number % 250 == 205:
            lines += ["#EXT-X-DISCONTINUITY", "#EXT-X-CUE-IN"]
        host = "ads" if number % 250 in range(200, 205) else "cdn"
        lines += [
            f"#EXT-X-PROGRAM-DATE-TIME:2026-01-01T{number // 600:02d}:{number // 10 % 60:02d}:{number % 10 * 6:02d}.000Z",
            "#EXTINF:6.000,",
            f"https://{host}.example.com/live/channel/1080p/segment-{number}.ts",
        ]
    return ("\n".join(lines) + "\n").encode()


def surgery(data: bytes) -> bytes:
    """Everything a cold request does to a playlist: parse, detect, strip, check, rewrite, write."""
    result = strip(Playlist.parse(data), StripOptions(AdPolicy.REPLACE))
    rewriter = Rewriter(
        "https://cdn.example.com/live/channel/1080p/index.m3u8",
        lambda url, role: f"/hls/token/{role.value}/{hash(url):x}",
    )
    return rewriter.rewrite(result.playlist)


def _milliseconds(work: Callable[[], object]) -> list[float]:
    """Processor time of each run: on a quiet machine the same as time, and on a busy one not somebody else's."""
    work()
    gc.collect()
    gc.freeze()  # as the server does after its start: the labelled playlists of before are none of its business
    times = []
    for _ in range(_RUNS):
        begin = time.process_time()
        work()
        times.append((time.process_time() - begin) * 1000)
    return sorted(times)


def measure(corpus: Path) -> tuple[list[Figure], list[str]]:
    """All figures, and the mistakes behind the scores."""
    figures: list[Figure] = []
    mistakes: list[str] = []
    if (corpus / "ads.csv").exists():
        explicit, heuristic, mistakes = scores(corpus)
        figures += [
            Figure(
                "ads: precision, explicit signals", round(explicit.precision, 4), "", "1.0", explicit.precision == 1.0
            ),
            Figure("ads: recall, explicit signals", round(explicit.recall, 4), "", "1.0", explicit.recall == 1.0),
            Figure(
                "ads: precision, heuristics", round(heuristic.precision, 4), "", "≥ 0.98", heuristic.precision >= 0.98
            ),
            Figure("ads: recall, heuristics", round(heuristic.recall, 4), "", "as high as that allows", True),
        ]
    else:
        print(f"no labelled playlists at {corpus}: scores left out", file=sys.stderr)
    data = thousand_segments()
    times = _milliseconds(lambda: surgery(data))
    median = statistics.median(times)
    figures.append(
        Figure("ads: 1,000-segment playlist, cold, median (CPU)", round(median, 2), "ms", "≤ 15", median <= 15)
    )
    return figures, mistakes


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    arguments = parser.parse_args()
    figures, mistakes = measure(arguments.corpus)
    if arguments.json:
        print(json.dumps([asdict(figure) for figure in figures], ensure_ascii=False))
        return
    for figure in figures:
        print(
            f"{'ok ' if figure.ok else 'NO '} {figure.figure:45} {figure.value:>9} {figure.unit:3} (target {figure.target})"
        )
    for mistake in mistakes:
        print("   ", mistake)


if __name__ == "__main__":
    main()
