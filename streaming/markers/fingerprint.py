"""A fingerprint of sound that survives encoding and volume: 32 bits a point, by the signs of differences of energy.

Haitsma and Kalker, *A Highly Robust Audio Fingerprinting System* (ISMIR 2002): how the energy of neighbouring bands differs, and
whether that grows or falls from one frame to the next.  Their frames are shorter; with ours, two recordings of the same music whose
frames lie half a hop apart still share nine tenths of each frame.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ: Final = 11_025
"""Of the sound that is listened to, one channel: twice what the highest band needs, and a rate that every source can be brought to."""
FRAME: Final = 8_192
"""Samples of which one point is made: 0.74 s."""
HOP: Final = 1_024
"""Samples from one point to the next: 93 ms."""
HOP_MS: Final = HOP * 1000 / SAMPLE_RATE_HZ
MIDDLE_MS: Final = FRAME * 500 / SAMPLE_RATE_HZ
"""From where a point's frame begins to the moment it speaks of."""
BITS: Final = 32
LOWEST_HZ: Final = 300.0
HIGHEST_HZ: Final = 2_000.0
SILENCE_DB: Final = -50.0
"""Below full scale; what is quieter has no points, since any silence is like any other."""
FRAMES_AT_ONCE: Final = 256
"""16 MB of work, whatever the length."""

Samples = NDArray[np.float32]
"""From -1 to 1, at :data:`SAMPLE_RATE_HZ`."""
FULL_SCALE: Final = 1 << 15
"""Of samples of 16 bits."""
Points = NDArray[np.uint32]
"""One every :data:`HOP`; 0 stands for silence."""


def points(samples: Samples | NDArray[np.int16]) -> Points:
    """The fingerprint of ``samples``, which may lie in a file; empty where there is less than a frame and a hop."""
    count = (len(samples) - FRAME) // HOP + 1
    if count < 2:
        return np.empty(0, np.uint32)
    energies = np.empty((count, BITS + 1), np.float64)
    loud = np.empty(count, bool)
    window = np.hanning(FRAME).astype(np.float32)
    floor = 10 ** (SILENCE_DB / 10)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP]
    for first in range(0, count, FRAMES_AT_ONCE):
        some = _to_float(frames[first : first + FRAMES_AT_ONCE])
        loud[first : first + len(some)] = np.mean(np.square(some), axis=1) > floor
        spectrum = np.abs(np.fft.rfft(some * window, axis=1)) ** 2
        energies[first : first + len(some)] = np.add.reduceat(spectrum, _EDGES[:-1], axis=1)[:, : BITS + 1]
    across = energies[:, :-1] - energies[:, 1:]
    rising = (across[1:] - across[:-1]) > 0
    found: Points = np.packbits(rising, axis=1).view(">u4")[:, 0].astype(np.uint32)
    found[~(loud[1:] & loud[:-1])] = 0
    return found


def _to_float(samples: NDArray[Any]) -> Samples:
    return samples.astype(np.float32) / np.float32(FULL_SCALE if samples.dtype == np.int16 else 1)


def _edges() -> NDArray[np.intp]:
    """Where the bands begin, in bins of the spectrum; one more, where the last ends."""
    hertz = np.geomspace(LOWEST_HZ, HIGHEST_HZ, BITS + 2)
    return np.round(hertz * FRAME / SAMPLE_RATE_HZ).astype(np.intp)


_EDGES: Final = _edges()
