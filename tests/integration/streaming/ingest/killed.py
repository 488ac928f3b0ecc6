"""Ingests a film in a process of its own, to be killed half-way: ``python killed.py DATA_DIR FILM EPISODE_ID``.

Prints a line once pictures are being encoded, then the process ids of its children.
"""

import asyncio
import sys
from pathlib import Path

from server.boot import open_services
from server.settings import Settings
from streaming.ingest.jobs import ingest


def on_progress(stage: str, progress: float) -> None:
    if stage == "encoding":
        children = Path("/proc/self/task").glob("*/children")
        print("encoding", *(path.read_text() for path in children), flush=True)


async def main(data_dir: str, film: str, episode_id: str) -> None:
    settings = Settings.load(_env_file=None, data_dir=Path(data_dir))
    async with open_services(settings) as services:
        await ingest(services.container, Path(film), episode_id, on_progress=on_progress)


asyncio.run(main(*sys.argv[1:]))
