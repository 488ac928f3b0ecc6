"""A published film packaged anew, with keys that are kept here."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from typing_extensions import override

from streaming.ingest.engine import Finished
from streaming.ingest.model import Asset, AssetId, Published
from streaming.ingest.packaging.protect import KeyPlace, KeySupply, ProtectionOrder
from streaming.ingest.repackaging.repackage import repackage
from streaming.keys.model import ContentKey, Protection
from tests.integration.streaming.ingest.conftest import TOOLS
from tests.unit.streaming.ingest.test_model import NOW


class KeptKeys(KeySupply):
    """The same key for the same place."""

    def __init__(self) -> None:
        self.made: dict[KeyPlace, ContentKey] = {}

    @override
    async def keys(self, places: Sequence[KeyPlace]) -> Mapping[KeyPlace, ContentKey]:
        for place in places:
            if place not in self.made:
                self.made[place] = ContentKey.make("asset", *place)
        return {place: self.made[place] for place in places}


def sealed_and_opened(made: Finished, mode: Protection, folder: Path) -> tuple[Finished, Finished]:
    """``made`` protected in ``mode``, and what it is without that again."""
    keys = KeptKeys()
    sealed = _anew(made.published, made.folder, (), folder / "sealed", ProtectionOrder(mode, keys))
    return sealed, _anew(sealed.published, sealed.folder, list(keys.made.values()), folder / "open", None)


def _anew(
    published: Published, source: Path, keys: Sequence[ContentKey], staging: Path, order: ProtectionOrder | None
) -> Finished:
    asset = Asset.begin(AssetId("asset"), "episode", "mark", "film.mkv", NOW)
    asset.complete(published, NOW)
    staging.mkdir()
    return asyncio.run(repackage(TOOLS, asset, source, keys, staging, order, lambda _stage, _share: None))


def is_encrypted(playlist: Path) -> bool:
    """Whether it names a key."""
    tags = [line for line in playlist.read_text().splitlines() if line.startswith("#EXT-X-KEY:")]
    return any("METHOD=NONE" not in tag for tag in tags)
