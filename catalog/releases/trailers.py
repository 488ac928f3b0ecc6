"""Trailers: videos at the well-known hosts, which a page may frame once somebody asks for one."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

from kernel.errors import Invalid

TRAILERS_MAX: Final = 10
"""Of one release: a teaser and a few of each season; a page with more is a channel."""
TITLE_MAX: Final = 120
PARAMETERS_MAX: Final = 50
ADDRESS_MAX: Final = 500
"""Characters: what hosts put behind an address when it is shared fits in."""


class TrailerHost(StrEnum):
    """Who may show a trailer."""

    YOUTUBE = "youtube"
    VIMEO = "vimeo"
    DAILYMOTION = "dailymotion"
    RUTUBE = "rutube"
    BILIBILI = "bilibili"


class BadTrailer(Invalid):
    """A trailer is the address of one video at YouTube, Vimeo, Dailymotion, Rutube or Bilibili; {address!r} is none."""


class _Host(NamedTuple):
    names: frozenset[str]
    path: re.Pattern[str]
    """Where it has the video's id in the path, as the group ``id``."""
    query: str
    """The parameter that may hold the id; empty where none does."""
    video_id: re.Pattern[str]
    page: Callable[[str], str]
    frame_origin: str
    frame: Callable[[str], str]
    """Behind that origin; plays at once: nobody frames it before somebody pressed play."""


def _vimeo_frame(video_id: str) -> str:
    number, _, unlisted = video_id.partition("/")
    # dnt: no cookies of theirs, and no statistics of who watched.
    return f"/video/{number}?{f'h={unlisted}&' if unlisted else ''}dnt=1&autoplay=1"


_HOSTS: Final = {
    TrailerHost.YOUTUBE: _Host(
        names=frozenset({"youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com", "youtu.be"}),
        path=re.compile(r"/(?:(?:embed|shorts|live|v)/)?(?P<id>[^/]+)/?"),
        query="v",
        video_id=re.compile(r"[A-Za-z0-9_-]{11}"),
        page=lambda one: f"https://www.youtube.com/watch?v={one}",
        frame_origin="https://www.youtube-nocookie.com",
        frame=lambda one: f"/embed/{one}?autoplay=1&rel=0",
    ),
    TrailerHost.VIMEO: _Host(
        names=frozenset({"vimeo.com", "player.vimeo.com"}),
        path=re.compile(r"/(?:video/|channels/[^/]+/)?(?P<id>[0-9]+(?:/[0-9a-f]+)?)/?"),
        query="",
        video_id=re.compile(r"[1-9][0-9]{0,11}(?:/[0-9a-f]{6,16})?"),
        page=lambda one: f"https://vimeo.com/{one}",
        frame_origin="https://player.vimeo.com",
        frame=_vimeo_frame,
    ),
    TrailerHost.DAILYMOTION: _Host(
        names=frozenset({"dailymotion.com", "geo.dailymotion.com", "dai.ly"}),
        path=re.compile(r"/(?:(?:embed/)?video/)?(?P<id>[^/]+)/?"),
        query="video",
        video_id=re.compile(r"[a-z0-9]{5,12}"),
        page=lambda one: f"https://www.dailymotion.com/video/{one}",
        frame_origin="https://geo.dailymotion.com",
        frame=lambda one: f"/player.html?video={one}&autoplay=true",
    ),
    TrailerHost.RUTUBE: _Host(
        names=frozenset({"rutube.ru"}),
        path=re.compile(r"/(?:video|play/embed|shorts)/(?P<id>[^/]+)/?"),
        query="",
        video_id=re.compile(r"[0-9a-f]{32}"),
        page=lambda one: f"https://rutube.ru/video/{one}/",
        frame_origin="https://rutube.ru",
        frame=lambda one: f"/play/embed/{one}/?autoplay=true",
    ),
    TrailerHost.BILIBILI: _Host(
        names=frozenset({"bilibili.com", "m.bilibili.com", "player.bilibili.com"}),
        path=re.compile(r"/video/(?P<id>[^/]+)/?"),
        query="bvid",
        video_id=re.compile(r"BV[0-9A-Za-z]{10}"),
        page=lambda one: f"https://www.bilibili.com/video/{one}/",
        frame_origin="https://player.bilibili.com",
        frame=lambda one: f"/player.html?bvid={one}&autoplay=1",
    ),
}
FRAME_ORIGINS: Final = tuple(host.frame_origin for host in _HOSTS.values())
"""Where frames of trailers come from, for the pages' policy: nothing else is ever framed."""


@dataclass(frozen=True, slots=True)
class Trailer:
    """A video at one of the hosts; ``language`` is a BCP 47 tag, empty where nobody said it."""

    host: TrailerHost
    video_id: str
    title: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        if _HOSTS[self.host].video_id.fullmatch(self.video_id) is None:
            raise BadTrailer(address=f"{self.host.value}: {self.video_id[:80]}")

    @property
    def url(self) -> str:
        """Its page at the host; the same for every spelling of its address."""
        return _HOSTS[self.host].page(self.video_id)

    @property
    def embed_url(self) -> str:
        """What a page frames, of :data:`FRAME_ORIGINS`; it plays at once."""
        host = _HOSTS[self.host]
        return host.frame_origin + host.frame(self.video_id)

    @property
    def row(self) -> list[str]:
        """As it is kept, and passed on; :func:`kept` reads it."""
        return [self.url, self.title, self.language]


def trailer_at(address: str, title: str = "", language: str = "") -> Trailer:
    """The video behind an address as people copy it: of the page, of a frame, or short.  Raises :class:`BadTrailer`."""
    found = _video(address.strip()) if len(address) <= ADDRESS_MAX else None
    if found is None:
        raise BadTrailer(address=address[:80])
    return Trailer(*found, " ".join(title.split())[:TITLE_MAX].rstrip(), language)


def kept(rows: Iterable[Sequence[str]]) -> tuple[Trailer, ...]:
    """What can be read of rows that were kept; a host that changed its addresses takes no release with it."""
    found = []
    for row in rows:
        try:
            found.append(trailer_at(*row))
        except BadTrailer:
            continue
    return tuple(found)


def distinct(trailers: Iterable[Trailer]) -> tuple[Trailer, ...]:
    """Each video once, as it was said first."""
    known: dict[str, Trailer] = {}
    for one in trailers:
        known.setdefault(one.url, one)
    return tuple(known.values())


def _video(address: str) -> tuple[TrailerHost, str] | None:
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or port is not None or parts.username is not None:
        return None
    name = (parts.hostname or "").removeprefix("www.")
    for kind, host in _HOSTS.items():
        if name in host.names and (video_id := _id_in(parts, host)) is not None:
            return kind, video_id
    return None


def _id_in(parts: SplitResult, host: _Host) -> str | None:
    query = parse_qs(parts.query) if parts.query.count("&") < PARAMETERS_MAX else {}
    told = query.get(host.query, [""])[0] if host.query else ""
    found = host.path.fullmatch(parts.path)
    in_path = found["id"] if found else ""
    if host is _HOSTS[TrailerHost.VIMEO] and "/" not in in_path and "h" in query:
        in_path = f"{in_path}/{query['h'][0]}"  # the second half of an unlisted video
    return next((one for one in (told, in_path) if host.video_id.fullmatch(one)), None)
