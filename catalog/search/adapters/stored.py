"""An index in a file, as arrays, so that a start need not read the catalogue."""

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import structlog
from numpy.typing import NDArray

log = structlog.get_logger()

T = TypeVar("T")


def load(path: Path, layout: int, read: Callable[[Mapping[str, NDArray[Any]]], T]) -> tuple[T, str] | None:
    """What ``read`` makes of the stored arrays, and the state of the catalogue they are of.

    ``None`` where there is no file of this ``layout``.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            known = {name: arrays[name] for name in arrays.files}
        state = known.pop("state").tobytes().decode()
        if int(known.pop("format")[0]) != layout:
            return None
        return read(known), state
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the file, the catalogue is there to be read
        log.warning("the stored search index cannot be read and is made anew", reason=repr(error))
        return None


def save(path: Path, layout: int, arrays: Mapping[str, NDArray[Any]], state: str) -> None:
    """Store arrays; a reader sees the old file or the new one.  Raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(
                file,
                format=np.array([layout]),
                state=np.frombuffer(state.encode(), dtype=np.uint8),
                **arrays,  # type: ignore[arg-type]  # the stub takes allow_pickle for one of them
            )
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
