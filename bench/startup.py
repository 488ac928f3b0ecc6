"""How long a start takes and what an idle server weighs: ``python -m bench.startup [--json]``."""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.support.servers.live_server import LiveServer

STARTS = 5
SETTLE_S = 3.0
TARGET_MS = 2_000  # the second start of `make run`


async def measure(folder: Path) -> list[dict[str, Any]]:
    """A first start on an empty folder, then several on its data; the memory is that of the last one."""
    server = LiveServer(folder, {})
    first_ms = await started_in_ms(server)
    later_ms = []
    for _ in range(STARTS):
        await server.stop()
        later_ms.append(await started_in_ms(server))
    await asyncio.sleep(SETTLE_S)
    resident_mb = resident_bytes(server.pid) / 1e6
    await server.stop()
    second_ms = statistics.median(later_ms)
    return [
        figure("First start on an empty folder, to healthy", first_ms, "ms"),
        figure(f"Start on existing data, to healthy (median of {STARTS})", second_ms, "ms", TARGET_MS),
        figure("The slowest of those", max(later_ms), "ms", TARGET_MS),
        figure("Memory of the idle server (RSS)", resident_mb, "MB"),
    ]


async def started_in_ms(server: LiveServer) -> float:
    """From the start of the process to the first answer of /healthz, which is asked for every 30 ms."""
    began = time.perf_counter()
    await server.start()
    return (time.perf_counter() - began) * 1000


def resident_bytes(pid: int) -> int:
    """Resident memory of a process, from /proc (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kib = next(line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(kib) * 1024


def figure(name: str, value: float, unit: str, target: float | None = None) -> dict[str, Any]:
    return {
        "figure": name,
        "value": round(value, 1),
        "unit": unit,
        "target": "" if target is None else f"≤ {target:,.0f}",
        "ok": None if target is None else value <= target,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how long a start takes and what an idle server weighs.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of lines")
    as_json = parser.parse_args().json
    # An installed server finds its modules compiled, and compiles them on its first start otherwise.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        figures = asyncio.run(measure(Path(folder)))
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for row in figures:
            print(f"{row['figure']}: {row['value']} {row['unit']}")


if __name__ == "__main__":
    main()
