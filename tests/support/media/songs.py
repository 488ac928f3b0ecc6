"""Sound to listen to in tests: music that is the same everywhere, and speech that never is."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from streaming.markers.fingerprint import SAMPLE_RATE_HZ as RATE_HZ
from streaming.markers.fingerprint import Samples


def song(seed: int, length_s: float) -> Samples:
    """Chords of three notes that fade away."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(round(length_s * RATE_HZ))
    at = 0
    while at < len(sound):
        length = min(round(rng.uniform(0.15, 0.5) * RATE_HZ), len(sound) - at)
        times = np.arange(length) / RATE_HZ
        for _ in range(3):
            note = np.sin(2 * np.pi * rng.uniform(150, 1_800) * times + rng.uniform(0, 6))
            sound[at : at + length] += note * np.exp(-2 * times) * rng.uniform(0.3, 1)
        at += length
    return _loud(sound, 0.5)


def speech(seed: int, length_s: float) -> Samples:
    """Syllables of three formants each, with rests."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=round(length_s * RATE_HZ))
    sound = np.zeros(len(noise))
    at = 0
    while at < len(sound):
        part = noise[at : at + round(rng.uniform(0.08, 0.3) * RATE_HZ)]
        hertz = np.fft.rfftfreq(len(part), 1 / RATE_HZ)
        formants = sum(np.exp(-(((hertz - middle) / 150) ** 2)) for middle in rng.uniform(200, 3_000, 3))
        sound[at : at + len(part)] = np.fft.irfft(np.fft.rfft(part) * formants, len(part)) * rng.uniform(0.1, 1)
        at += len(part) + (round(rng.uniform(0.1, 0.6) * RATE_HZ) if rng.random() < 0.2 else 0)
    return _loud(sound, 0.4)


def faster(sound: Samples, times: float) -> Samples:
    """The same played so many times as fast, and as high: films at 25 frames a second for television."""
    return np.asarray(np.interp(np.arange(0, len(sound) - 1, times), np.arange(len(sound)), sound), np.float32)


def write_wav(path: Path, *parts: NDArray[np.float32]) -> Path:
    """One after the other, as 16 bits of one channel."""
    samples = (np.concatenate(parts).clip(-1, 1) * 32_767).astype("<i2").tobytes()
    header = b"RIFF" + (36 + len(samples)).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\x01\0\x01\0"
    header += RATE_HZ.to_bytes(4, "little") + (2 * RATE_HZ).to_bytes(4, "little") + b"\x02\0\x10\0data"
    path.write_bytes(header + len(samples).to_bytes(4, "little") + samples)
    return path


def _loud(sound: NDArray[np.float64], peak: float) -> Samples:
    return np.asarray(sound * (peak / max(1e-9, np.abs(sound).max(initial=0))), np.float32)
