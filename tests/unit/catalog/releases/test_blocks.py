"""Where a release may not be shown."""

import pytest

from catalog.releases.blocks import (
    REGIONS,
    BadRegion,
    BlockedByCopyright,
    BlockedInRegion,
    BlockedInUnknownRegion,
    Blocks,
)
from kernel.errors import AniError


@pytest.mark.parametrize(
    ("blocks", "region", "refusal"),
    [
        (Blocks(), None, None),
        (Blocks(), "DE", None),
        (Blocks(("DE", "AT")), "CH", None),
        (Blocks(("DE", "AT")), "AT", BlockedInRegion),
        (Blocks(("DE",)), None, BlockedInUnknownRegion),
        (Blocks(copyright=True), "CH", BlockedByCopyright),
        (Blocks(("DE",), copyright=True), "DE", BlockedByCopyright),
    ],
)
def test_who_is_let_in(blocks: Blocks, region: str | None, refusal: type[AniError] | None) -> None:
    if refusal is None:
        blocks.check(region)
        return
    with pytest.raises(refusal):
        blocks.check(region)


@pytest.mark.parametrize("region", ["de", "UK", "ZZ", "", "D", "DEU", "D E", "ДЕ"])
def test_what_is_no_region(region: str) -> None:
    with pytest.raises(BadRegion):
        Blocks((region,))


def test_regions_are_kept_once_and_in_order() -> None:
    assert Blocks(("JP", "DE", "JP")).regions == ("DE", "JP")
    assert len(REGIONS) == 249, "ISO 3166-1, by its own count"
