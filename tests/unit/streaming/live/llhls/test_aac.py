"""Opus made AAC in a thread, whatever is in it."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from streaming.live.llhls.adapters.aac import FRAME_SAMPLES, AacEncoder
from streaming.live.llhls.depacketising.opus import SILENCE, SILENCE_SAMPLES
from streaming.live.llhls.fmp4.fragment import Sample

TIMEOUT_S = 20


def opus(number: int, data: bytes = SILENCE) -> Sample:
    return Sample(number * SILENCE_SAMPLES, SILENCE_SAMPLES, data)


async def made_of(encoder: AacEncoder, made: "asyncio.Queue[Sample]", samples: Sequence[Sample], until: int) -> int:
    """Where the AAC of ``samples`` has come to, which is to be ``until`` at least."""
    for sample in samples:
        encoder.push(sample)
    end = 0
    async with asyncio.timeout(TIMEOUT_S):
        while end < until:
            sample = await made.get()
            assert (sample.start, sample.duration) == (end, FRAME_SAMPLES), "without a hole"
            end = sample.end
    return end


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param([opus(n) for n in range(20)], id="good"),
        pytest.param([opus(0, b"\xfb\xff"), *(opus(n) for n in range(1, 20))], id="no-opus-at-first"),
        pytest.param([opus(n, b"\xfb\xff" if n == 7 else SILENCE) for n in range(20)], id="no-opus-later"),
        pytest.param([opus(0), *(opus(n) for n in range(10, 20))], id="some-lost"),
    ],
)
async def test_sound_goes_on_for_as_long_as_it_was(samples: list[Sample]) -> None:
    made: asyncio.Queue[Sample] = asyncio.Queue()
    with ThreadPoolExecutor(1) as threads:
        encoder = AacEncoder(threads, made.put_nowait)
        await made_of(encoder, made, samples, 15 * SILENCE_SAMPLES)
        encoder.close()


async def test_what_cannot_be_encoded_does_not_end_the_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    made: asyncio.Queue[Sample] = asyncio.Queue()
    with ThreadPoolExecutor(1) as threads:
        encoder = AacEncoder(threads, made.put_nowait)
        with monkeypatch.context() as broken:
            broken.setattr(encoder, "_decode", lambda _: 1 / 0)
            encoder.push(opus(0))
            await asyncio.wrap_future(threads.submit(lambda: None))  # after it, in the one thread
        await made_of(encoder, made, [opus(n) for n in range(1, 20)], 15 * SILENCE_SAMPLES)
        encoder.close()
