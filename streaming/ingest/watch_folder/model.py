"""What lies in a watch folder, and what becomes of it.

::

    found ──► settled ──► target ──► ordered ──► queued ──► running ──► done
      │          │           │                                └───────► failed
      └──────────┴───────────┴──► left, with a reason
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_FILES: Final = 10_000
"""Looked at in one folder: some hundred seasons, and a second of a core a scan."""
MAX_DEPTH: Final = 8
"""Folders below the watched one."""
MAX_UNDERWAY: Final = 200
"""Ordered and not done yet; the others wait their turn in the folder, and the page of jobs can be read."""
VIDEO_SUFFIXES: Final = frozenset(
    [
        ".3gp",
        ".asf",
        ".avi",
        ".flv",
        ".m2ts",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpeg",
        ".mpg",
        ".mts",
        ".mxf",
        ".ogm",
        ".ogv",
        ".ts",
        ".vob",
        ".webm",
        ".wmv",
    ]
)
"""What counts as a video by its name; the ingest reads more, but a folder holds pictures and texts, too."""


class Reason(StrEnum):
    """Why a file was left where it is."""

    CHANGING = "it is still being written"
    EMPTY = "it is empty"
    UNREADABLE = "it cannot be read"
    OUTSIDE = "it is a link that leads out of the folder"
    ODD_NAME = "its name is not UTF-8"
    TWICE = "it is the same file again"
    EXTRA = "it is an extra, not an episode"
    NO_TITLE = "its name says no title; put it into a folder named like the release's address"
    NO_NUMBER = "its name says no episode"
    SEVERAL_NUMBERS = "its name says several episodes"
    UNCLEAR_NUMBER = "its name may say two different episodes"
    UNKNOWN_TITLE = "no release has that title"
    SEVERAL_TITLES = "several releases may be meant"
    OTHER_RELEASE = "its folder and its name say two different releases"
    OTHER_SEASON = "its name says another season than its folder"
    NO_EPISODE = "the release has no such episode"
    HAS_VIDEO = "the episode has a video"
    SEVERAL_FILES = "several files are of this episode"
    WAITS = f"it waits until fewer than {MAX_UNDERWAY} are on their way"


class State(StrEnum):
    """What becomes of a file."""

    ORDER = "to be made ready"
    QUEUED = "waiting"
    RUNNING = "being made ready"
    DONE = "done"
    FAILED = "failed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class VideoFile:
    """A file as one scan saw it."""

    path: str
    """Under the watched folder, with ``/``."""
    size_bytes: int
    mtime_ns: int
    """When it was written last, in nanoseconds since 1970."""
    identity: tuple[int, int] = (0, 0)
    """Device and inode: the same file under another name has the same."""
    problem: Reason | None = None
    """What the scan found wrong with it."""
    detail: str = ""

    @property
    def key(self) -> str:
        """What its job is known by: once for each state of the file, wherever the folder is mounted."""
        text = f"{self.path}\0{self.size_bytes}\0{self.mtime_ns}"
        return f"watch:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Scan:
    """What one look at the folder found."""

    files: tuple[VideoFile, ...]
    more: bool = False
    """There are more than :data:`MAX_FILES`."""
    unread: tuple[str, ...] = ()
    """Folders that could not be listed, or lie too deep."""


@dataclass(frozen=True, slots=True)
class WatchedRelease:
    """A release, as far as files are matched with it."""

    release_id: str
    title: str
    season: int
    """As its names say it; 1 where they say nothing."""
    is_film: bool
    episodes: Mapping[float, str]
    """Ordinal → id."""
    with_video: frozenset[str] = frozenset()
    """Those of its episodes that can be watched already."""


@dataclass(frozen=True, slots=True)
class Target:
    """The episode a file is of."""

    episode_id: str
    title: str
    ordinal: float
    has_video: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one file."""

    file: VideoFile
    state: State
    target: Target | None = None
    reason: Reason | None = None
    detail: str = ""
    job_id: str | None = None
    progress: float = 0.0

    @property
    def sentence(self) -> str:
        """Why, for people."""
        if self.reason is None:
            return self.detail
        return f"{self.reason.value}: {self.detail}" if self.detail else self.reason.value


def settled(previous: Scan, present: Scan) -> tuple[VideoFile, ...]:
    """The files of ``present``; what is not as it was in ``previous`` has the problem of still being written."""
    before = {file.path: (file.size_bytes, file.mtime_ns) for file in previous.files}
    return tuple(
        file
        if file.problem is not None or before.get(file.path) == (file.size_bytes, file.mtime_ns)
        else VideoFile(file.path, file.size_bytes, file.mtime_ns, file.identity, Reason.CHANGING)
        for file in present.files
    )
