"""What is kept of somebody else's ad while it is shown: what players say of it, and who is told.  Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from streaming.ads.creatives.model import CreativeState
from streaming.ads.linear.model import LinearAd
from streaming.ads.links import is_safe_link
from streaming.ads.vast.chain import FoundAd, Resolution
from streaming.ads.vast.errors import VastError

KEPT_S: Final = 3600
"""An ad is over in three minutes, and whoever pauses in it comes back."""
NOTHING_KEPT_S: Final = 30
"""Of a break without ads: a player that asks again asks nobody else."""
ANSWER_KEPT_S: Final = 7 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """One ad of a break."""

    creative_id: str
    title: str
    advertiser: str
    click_url: str
    skip_after_ms: int
    """0: as the ad of ours says."""
    media_url: str
    tracking: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, found: FoundAd, creative_id: str, click_url: str) -> "Showing":
        """``click_url``: that of ``found``, its macros filled in."""
        leads = is_safe_link(click_url) and click_url.startswith("https://")
        return cls(
            creative_id=creative_id,
            title=found.title,
            advertiser=found.advertiser,
            click_url=click_url if leads else "",
            skip_after_ms=found.skip.of(found.duration_ms) if found.skip else 0,
            media_url=found.media.url,
            tracking=found.tracking,
        )


def break_key(nonce: str) -> str:
    """Where the showings of a break are kept, by the ticket of its first ad."""
    return f"ad-break:{nonce}"


def showing_key(nonce: str) -> str:
    """Where one showing is kept for what players tell of it."""
    return f"ad-showing:{nonce}"


def answer_key(ad_id: str) -> str:
    """Where the last answer to a tag is kept."""
    return f"ad-tag:{ad_id}"


def packed(showings: Sequence[Showing]) -> bytes:
    """For the cache."""
    return json.dumps([asdict(showing) for showing in showings]).encode()


def unpacked(kept: bytes) -> list[Showing]:
    """What :func:`packed` made."""
    return [Showing(**fields) for fields in json.loads(kept)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagAnswer:
    """What a tag answered last."""

    at: datetime
    shown: int
    """Ads that were shown."""
    preparing: int
    """Those whose videos are being made ready."""
    code: int
    """The VAST error code of the first thing that went wrong; 0: nothing did."""
    hosts: tuple[str, ...]
    """Who answered, the first one first."""

    @classmethod
    def of(cls, resolution: Resolution, *, shown: int, unfit: Sequence[VastError], now: datetime) -> "TagAnswer":
        """``unfit``: why ads that were found were not shown."""
        codes = [failure.code for failure in resolution.failures] + [
            code for code in unfit if code is not VastError.MEDIA_BEING_FETCHED
        ]
        return cls(
            at=now,
            shown=shown,
            preparing=sum(code is VastError.MEDIA_BEING_FETCHED for code in unfit),
            code=int(codes[0]) if codes else 0,
            hosts=tuple(answer.host for answer in resolution.answers),
        )

    def packed(self) -> bytes:
        """For the cache."""
        return json.dumps({**asdict(self), "at": self.at.isoformat()}).encode()

    @classmethod
    def unpacked(cls, kept: bytes) -> "TagAnswer":
        """What :meth:`packed` made."""
        fields = json.loads(kept)
        return cls(**{**fields, "at": datetime.fromisoformat(fields["at"]), "hosts": tuple(fields["hosts"])})


@dataclass(frozen=True, slots=True)
class TagHealth:
    """How it stands with the tag of an ad."""

    creatives: Sequence[CreativeState] = ()
    answer: TagAnswer | None = None


def skip_after_ms(ad: LinearAd, showing: Showing) -> int:
    """As the ad itself says, and where it does not as its place says."""
    return showing.skip_after_ms or ad.skip_after_ms
