"""An index of names in a file, so that a start need not read the catalogue."""

import os
import tempfile
from pathlib import Path

import numpy as np
import structlog

from catalog.search.names import FORMAT, NameSegment

log = structlog.get_logger()


def load(path: Path) -> tuple[NameSegment, str] | None:
    """The stored segment and the state of the catalogue it is of; ``None`` where there is none that this version reads."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            known = {name: arrays[name] for name in arrays.files}
        state = known.pop("state").tobytes().decode()
        if int(known.pop("format")[0]) != FORMAT:
            return None
        return NameSegment(known), state
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the file, the catalogue is there to be read
        log.warning("the stored search index cannot be read and is made anew", reason=repr(error))
        return None


def save(path: Path, segment: NameSegment, state: str) -> None:
    """Store a segment; a reader sees the old file or the new one.  Raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(
                file,
                format=np.array([FORMAT]),
                state=np.frombuffer(state.encode(), dtype=np.uint8),
                **segment.arrays,  # type: ignore[arg-type]  # the stub takes allow_pickle for one of them
            )
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
