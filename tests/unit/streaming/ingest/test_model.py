"""The life of an asset."""

from datetime import UTC, datetime

import pytest

from streaming.ingest.model import (
    Asset,
    AssetAlreadyReady,
    AssetId,
    AssetReady,
    AssetState,
    IngestFailed,
    IngestStarted,
    Published,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PUBLISHED = Published(
    width=1280,
    height=720,
    duration_ms=60_000,
    frame_rate=24.0,
    renditions=(),
    audio=(),
    subtitles=(),
    poster="poster.jpg",
    storyboard=None,
    size_bytes=1,
)


def started() -> Asset:
    return Asset.begin(AssetId("a"), "e", "f", "Film.mkv", NOW)


def test_begins_and_becomes_ready() -> None:
    asset = started()
    asset.complete(PUBLISHED, NOW)
    assert asset.is_ready
    assert asset.pull_events() == [
        IngestStarted(at=NOW, asset_id="a", episode_id="e", source_name="Film.mkv"),
        AssetReady(at=NOW, asset_id="a", episode_id="e", duration_ms=60_000, height_px=720),
    ]


def test_ready_twice_is_ready_once() -> None:
    asset = started()
    asset.complete(PUBLISHED, NOW)
    asset.complete(PUBLISHED, NOW)
    assert len(asset.pull_events()) == 2


def test_fails_with_a_reason_and_can_be_tried_again() -> None:
    asset = started()
    asset.fail("no_picture", "no picture", NOW)
    assert (asset.state, asset.error_code, asset.error) == (AssetState.FAILED, "no_picture", "no picture")
    asset.retry(NOW)
    assert (asset.state, asset.error, asset.attempts) == (AssetState.INGESTING, None, 2)
    assert [type(event) for event in asset.pull_events()] == [IngestStarted, IngestFailed, IngestStarted]


def test_what_is_published_is_never_taken_back() -> None:
    asset = started()
    asset.complete(PUBLISHED, NOW)
    asset.fail("late", "a second worker gave up", NOW)
    assert asset.is_ready
    with pytest.raises(AssetAlreadyReady):
        asset.retry(NOW)
