"""The fit in a process of its own: its memory goes back to the system, and nobody's request waits for its arithmetic."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from catalog.recommendations.algorithms.ease import Likes
from catalog.recommendations.algorithms.fitted import FittedModel

FIT_TIMEOUT_S: Final = 1800
"""Thirty times what ten thousand releases take on two cores."""
_NICE: Final = 10
"""Whatever else runs here comes first."""
_KILL_WAIT_S: Final = 10


class FitFailed(Exception):
    """The process that fits the model ended without one."""


async def fitted(
    release_ids: Sequence[str],
    likes: Likes,
    members: NDArray[np.int32],
    report: Callable[[float], Awaitable[None]],
) -> bytes:
    """The packed model (:meth:`FittedModel.packed`).  ``report`` hears how much is done.  Raises :class:`FitFailed`."""
    with tempfile.TemporaryDirectory(prefix="ani-recommendations-") as folder:
        given, made = Path(folder) / "likes.npz", Path(folder) / "model.npz"
        await asyncio.to_thread(_write, given, release_ids, likes, members)
        threads = str(max(1, (os.cpu_count() or 1) // 2))
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "OPENBLAS_NUM_THREADS": threads,
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__, str(given), str(made)), stdin=DEVNULL, stdout=PIPE, env=environment
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(FIT_TIMEOUT_S):
                async for line in process.stdout:
                    await report(float(line))
                status = await process.wait()
        except TimeoutError:
            raise FitFailed(f"it took longer than {FIT_TIMEOUT_S} s") from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                with contextlib.suppress(TimeoutError):
                    await asyncio.shield(asyncio.wait_for(process.wait(), _KILL_WAIT_S))
        if status != 0:
            raise FitFailed(f"it ended with code {status}")
        return await asyncio.to_thread(made.read_bytes)


def _write(path: Path, release_ids: Sequence[str], likes: Likes, members: NDArray[np.int32]) -> None:
    text = np.frombuffer("\n".join(release_ids).encode(), dtype=np.uint8)
    np.savez(path, release_ids=text, offsets=likes.offsets, items=likes.items, members=members)


def _say(done: float) -> None:
    sys.stdout.write(f"{done:.3f}\n")
    sys.stdout.flush()


def main(given: Path, made: Path) -> None:
    """Read the likes, write the model, and say on every line of the standard output how much is done."""
    signal.alarm(FIT_TIMEOUT_S)  # whoever started this may be gone
    os.nice(_NICE)
    with np.load(given, allow_pickle=False) as arrays:
        text = arrays["release_ids"].tobytes().decode()
        release_ids = text.split("\n") if text else []
        likes = Likes(arrays["offsets"], arrays["items"], len(release_ids))
        members = arrays["members"]
    model = FittedModel.build(release_ids, likes, members, _say)
    made.write_bytes(model.packed())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
