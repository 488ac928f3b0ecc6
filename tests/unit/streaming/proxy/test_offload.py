"""Playlists are taken apart in workers of their own, for a time."""

import threading
import time

import pytest

from streaming.proxy import offload as place
from streaming.proxy.offload import offload
from streaming.proxy.upstream.adapters.fetch import UpstreamFailed


async def test_what_is_small_is_done_at_once_and_the_rest_in_a_worker() -> None:
    here = threading.get_ident()
    assert await offload(threading.get_ident, size_bytes=100) == here
    assert await offload(threading.get_ident, size_bytes=100_000) != here
    assert await offload(threading.get_ident) != here


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "TIME_LIMIT_S", 0.01)
    with pytest.raises(UpstreamFailed):
        await offload(lambda: time.sleep(0.1))
