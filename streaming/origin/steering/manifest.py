"""Steering manifests (draft-pantos-hls-rfc8216bis-20 §7.1) and what belongs to them.  Pure."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode

from streaming.origin.interstitials import with_name
from streaming.origin.steering.model import Edge, Offer, Pathway, Pathways

TTL_S: Final = 30
"""So soon players hear that an edge is down; the manifest costs no query of the database."""
BUSY_TTL_S: Final = 120
"""While the database does not answer.  Never 429: hls.js 1.7 asks no more in that stream after one."""

_STABLE: Final = re.compile(r"[A-Za-z0-9+/=._-]{1,200}")


@dataclass(frozen=True, slots=True)
class Clone:
    """A pathway that the player's playlist has not, made from one that it has (§7.2)."""

    name: str
    base_name: str
    variants: dict[str, str]
    """STABLE-VARIANT-ID → address."""
    renditions: dict[str, str]
    """STABLE-RENDITION-ID → address."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a player is told."""

    ttl_s: int
    reload_uri: str
    priority: tuple[str, ...]
    clones: tuple[Clone, ...] = ()


def stable_id(uri: str) -> str:
    """The STABLE-VARIANT-ID or STABLE-RENDITION-ID (§4.4.6.1, §4.4.6.2) of what is at an address relative to the playlist."""
    return uri if _STABLE.fullmatch(uri) else sha256(uri.encode()).hexdigest()[:32]


def pathways(edges: Sequence[Edge], *, session_id: str, token: str, asset_id: str) -> Pathways:
    """The edges of a stream, in this order, as its multivariant playlist has them."""
    entries = [Pathway(edge.name, _base(edge, token, asset_id)) for edge in edges]
    return Pathways(entries, steering_uri(session_id, token, [edge.name for edge in edges]) if len(edges) > 1 else "")


def steering_uri(
    session_id: str, token: str, known: Iterable[str], breaks_ms: Sequence[int] = (), *, is_dash: bool = False
) -> str:
    """Where the steering manifest of a stream is: for a player that has the pathways ``known``, and playlists with these breaks."""
    query = {"token": token, "known": ",".join(known)}
    if breaks_ms:
        query["breaks"] = ".".join(map(str, breaks_ms))
    if is_dash:
        query["dash"] = "1"
    return f"/api/v1/playback/{session_id}/steering?{urlencode(query, safe=',')}"


def manifest(
    edges: Sequence[Edge],
    offer: Offer,
    *,
    session_id: str,
    token: str,
    asset_id: str,
    known: Sequence[str],
    breaks_ms: Sequence[int] = (),
    is_dash: bool = False,
    ttl_s: int = TTL_S,
) -> Manifest:
    """What to tell the player of a stream that has the pathways ``known``; ``edges`` are in the order for it.

    Those of DASH are cloned by their hosts (ETSI TS 103 998 §6.3) and not by addresses of playlists: its players get none.
    """
    bases = [edge.name for edge in edges if edge.name in known]
    clones: list[Clone] = []
    if bases and offer.variants and not is_dash:
        clones = [
            _clone(edge, bases[0], offer, _addresses(_base(edge, token, asset_id), breaks_ms))
            for edge in edges
            # What has no address of its own is where the playlist came from, which a player finds by itself alone.
            if edge.name not in known and edge.url
        ]
    reachable = {*bases, *(clone.name for clone in clones)}
    names = tuple(edge.name for edge in edges if edge.name in reachable)
    return Manifest(
        ttl_s=ttl_s,
        reload_uri=steering_uri(
            session_id, token, [*bases, *(clone.name for clone in clones)], breaks_ms, is_dash=is_dash
        ),
        # It has none of ours any more: whatever it has is better than nothing.
        priority=names or tuple(known),
        clones=tuple(clones),
    )


def _clone(edge: Edge, base_name: str, offer: Offer, address: Callable[[str], str]) -> Clone:
    return Clone(
        edge.name,
        base_name,
        {stable_id(uri): address(uri) for uri in offer.variants},
        {stable_id(uri): address(uri) for uri in offer.renditions},
    )


def _addresses(base: str, breaks_ms: Sequence[int]) -> Callable[[str], str]:
    return lambda uri: base + (with_name(uri, breaks_ms) if breaks_ms else uri)


def _base(edge: Edge, token: str, asset_id: str) -> str:
    return f"{edge.url}/hls/{token}/{asset_id}/" if edge.url else ""


def origins(edges: Collection[Edge]) -> list[str]:
    """Scheme and host of each, for the policy of pages that play from there."""
    return list(dict.fromkeys("/".join(edge.url.split("/", 3)[:3]) for edge in edges if edge.url))
