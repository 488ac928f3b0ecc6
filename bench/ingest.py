"""Ingest time against the bare ffmpeg command: ``python -m bench.ingest [--json]``.

The bare command encodes the same renditions and sound of the same 60 s clip in one run, and nothing else.  The ingest does
everything an upload goes through: probe, encode, subtitles, poster, storyboard, packaging to HLS and DASH, fsync, rename and
the records in the database.  The two take turns; the best of each counts, because other work on the machine only ever adds.
Processor time is given beside it, which other work disturbs less.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import migrations
from kernel import log
from server.boot import open_services
from server.settings import Settings
from streaming.ingest import jobs, plan
from streaming.ingest.adapters import demo
from streaming.ingest.engine import Engine
from streaming.ingest.ffmpeg import commands, filters
from streaming.ingest.ffmpeg.processes import NICENESS
from streaming.ingest.timing.timeline import Timeline
from tests.support.media.shows import add_episode

ROUNDS = 4  # of two, a neighbour at work may have disturbed both
TARGET_RATIO = 1.05


async def measure(folder: Path) -> list[dict[str, Any]]:
    began = time.perf_counter()
    clip = folder / "clip.mkv"
    await demo.make(clip)
    making_s = time.perf_counter() - began
    bare_s, whole_s = [], []
    bare_cpu_s, whole_cpu_s = [], []
    settings = Settings.load(_env_file=None, data_dir=folder / "data", log_level="error")
    async with open_services(settings) as services:
        await migrations.upgrade(services.database, "head")
        for _ in range(ROUNDS):
            wanted, used_s = await described(clip), cpu_s()
            bare_s.append(await asyncio.to_thread(bare, clip, folder / "bare", wanted))
            bare_cpu_s.append(cpu_s() - used_s)
            # Another episode each time: the same file for the same one would be found done.
            episode_id = await add_episode(services.container)
            began, used_s = time.perf_counter(), cpu_s()
            asset = await jobs.ingest(services.container, clip, episode_id)
            whole_s.append(time.perf_counter() - began)
            whole_cpu_s.append(cpu_s() - used_s)
    length_s = (asset.duration_ms or 0) / 1000
    return [
        figure("Bare ffmpeg: 3 renditions and 2 languages of a 60 s 720p clip", min(bare_s), "s"),
        figure("The whole ingest of the same clip", min(whole_s), "s"),
        figure("Ingest against bare ffmpeg", min(whole_s) / min(bare_s), "×", TARGET_RATIO),
        figure("The same in processor time", min(whole_cpu_s) / min(bare_cpu_s), "×"),
        figure("Ingest against the length of the film", length_s / min(whole_s), "× real time"),
        figure("Making the demo clip", making_s, "s"),
    ]


def cpu_s() -> float:
    """Processor seconds of this process and of its children that have ended."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


async def described(clip: Path) -> plan.Plan:
    source = await Engine().probe(clip)
    return plan.make(source, Timeline.plain(source.duration_ms or 0))


def bare(clip: Path, folder: Path, wanted: plan.Plan) -> float:
    """Seconds of the encoding command alone, without poster and storyboard."""
    (folder / filters.WORK).mkdir(parents=True, exist_ok=True)
    command = commands.encode(Engine().tools.ffmpeg, clip, wanted, pictures=False)
    began = time.perf_counter()
    # With the same courtesy to other processes as the ingest has.
    subprocess.run(
        ["nice", "-n", str(NICENESS), *command], cwd=folder, stdout=subprocess.DEVNULL, timeout=600, check=True
    )
    return time.perf_counter() - began


def figure(name: str, value: float, unit: str, target: float | None = None) -> dict[str, Any]:
    return {
        "figure": name,
        "value": round(value, 3),
        "unit": unit,
        "target": "" if target is None else f"≤ {target}",
        "ok": None if target is None else value <= target,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the ingest of a video against the bare ffmpeg command.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of lines")
    as_json = parser.parse_args().json
    log.configure(level="warning")
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        figures = asyncio.run(measure(Path(folder)))
    if as_json:
        sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
    else:
        for row in figures:
            sys.stdout.write(f"{row['figure']}: {row['value']} {row['unit']} {row['target']}\n")


if __name__ == "__main__":
    main()
