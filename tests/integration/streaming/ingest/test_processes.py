"""Programs are bounded in time and output, and never left behind."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from streaming.ingest.ffmpeg import processes
from streaming.ingest.ffmpeg.processes import ProcessStuck, ProcessTalkative, run

FLOOD = "import sys\nwhile True: sys.stdout.write('x' * 65536); sys.stderr.write('y' * 65536)"
PID = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_output_and_the_end_of_the_complaints(tmp_path: Path) -> None:
    code = "import sys; print('out'); [print(n, file=sys.stderr) for n in range(100)]; sys.exit(3)"
    outcome = await run(python(code), cwd=tmp_path, timeout_s=30)
    assert (outcome.status, outcome.stdout) == (3, b"out\n")
    assert outcome.stderr == tuple(str(number) for number in range(60, 100))


async def test_lines_of_any_length_are_cut(tmp_path: Path) -> None:
    lines: list[str] = []
    await run(python("print('x' * 1_000_000); print('y')"), cwd=tmp_path, timeout_s=30, on_line=lines.append)
    assert [len(line) for line in lines] == [1000, 1]


async def test_too_long(tmp_path: Path) -> None:
    lines: list[str] = []
    began = time.monotonic()
    with pytest.raises(ProcessStuck):
        await run(python(PID), cwd=tmp_path, timeout_s=2, on_line=lines.append)
    assert time.monotonic() - began < 30, "of the 60 s that it sleeps"
    assert not is_alive(int(lines[0]))


async def test_silent_for_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STALL_S", 2)
    lines: list[str] = []
    with pytest.raises(ProcessStuck):
        await run(python(PID), cwd=tmp_path, timeout_s=60, on_line=lines.append)
    assert not is_alive(int(lines[0]))


async def test_silent_and_busy_is_not_stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first hour of a film may have no track that anything is written of yet."""
    monkeypatch.setattr(processes, "STALL_S", 2)  # in which a loaded machine gives it some processor time
    lines: list[str] = []
    busy = "import time\nwhile time.process_time() < 3: pass\nprint('done')"
    await run(python(busy), cwd=tmp_path, timeout_s=60, on_line=lines.append)
    assert lines == ["done"]


async def test_too_talkative(tmp_path: Path) -> None:
    with pytest.raises(ProcessTalkative):
        await run(python(FLOOD), cwd=tmp_path, timeout_s=30)


async def test_cancelled_in_full_flood(tmp_path: Path) -> None:
    """asyncio calls a process ended once its pipes are read empty, which those of a cancelled reader never are."""
    task = asyncio.create_task(run(python(FLOOD), cwd=tmp_path, timeout_s=60, on_line=lambda _line: time.sleep(0.01)))
    await asyncio.sleep(1)
    task.cancel()
    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 30, "of the 60 s that it may take"


async def test_viewers_go_first(tmp_path: Path) -> None:
    outcome = await run(python("import os; print(os.nice(0))"), cwd=tmp_path, timeout_s=30)
    assert int(outcome.stdout) == min(19, os.nice(0) + processes.NICENESS)
