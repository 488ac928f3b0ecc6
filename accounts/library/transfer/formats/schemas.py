"""The shape of Ani's own file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from accounts.library.collections.model import Favorite, ShelfItem, ShelfName
from accounts.library.lists.model import (
    DESCRIPTION_MAX,
    MAX_ITEMS,
    MAX_LISTS,
    NOTE_MAX,
    TITLE_MAX,
    ListItem,
    UserList,
    Visibility,
)
from accounts.library.progress.model import AUDIO_LABEL_MAX, AUDIO_LANGUAGE_MAX, Progress
from accounts.library.schemas import MAX_UNIX_MS, Duration, Identifier
from accounts.library.scores import OwnScore
from accounts.library.transfer.document import (
    MAX_TITLES,
    BadFile,
    Work,
)

VERSION: Final = 1
"""Of the format; a reader takes what it knows, and refuses what is newer than it."""


Moment = Annotated[int, Field(ge=0, le=MAX_UNIX_MS)]


Title = Annotated[str, Field(max_length=255)]
EXTERNAL_ID_MAX: Final = 40
"""The longest are like "tv/118453/season/2/episode/12", of TMDB."""


class _Part(BaseModel):
    # Whatever else a newer server wrote is left alone.
    model_config = ConfigDict(extra="ignore")


class WorkPart(_Part):
    """What a file says to tell which release is meant."""

    id: Identifier
    titles: list[Title] = Field(default_factory=list, max_length=MAX_TITLES)
    year: int | None = Field(None, ge=1, le=9_999)
    type: str | None = Field(None, max_length=20)
    external_ids: dict[str, Annotated[str, Field(max_length=EXTERNAL_ID_MAX)]] = Field(
        default_factory=dict, max_length=12
    )


class FavoritePart(_Part):
    """A favourite, in a file."""

    added_at: AwareDatetime


class CollectionPart(_Part):
    """Where a release stands, in a file."""

    type: ShelfName
    changed_at: AwareDatetime
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None


class WatchingPart(_Part):
    """How far an episode was watched, in a file; ``at_ms`` is the position."""

    episode_id: Identifier
    ordinal: float | None = Field(None, ge=0, le=100_000, allow_inf_nan=False)
    position_ms: Duration
    duration_ms: Duration
    at_ms: int = Field(ge=1, le=MAX_UNIX_MS)
    finished: bool
    watched_at_ms: Moment = 0
    unwatched_at_ms: Moment = 0
    completions: int = Field(0, ge=0, le=10_000)
    audio_language: str | None = Field(None, max_length=AUDIO_LANGUAGE_MAX)
    audio_label: str | None = Field(None, max_length=AUDIO_LABEL_MAX)

    @classmethod
    def of(cls, row: Progress, ordinal: float | None) -> "WatchingPart":
        """``ordinal``: of the episode in its release, by which another server finds it; ``None`` where it is not known."""
        kept = {name: getattr(row, name) for name in cls.model_fields if name != "ordinal"}
        return cls(ordinal=ordinal, **kept)


class ScorePart(_Part):
    """A score, in a file."""

    value: int = Field(ge=1, le=10)
    voted_at: AwareDatetime


class ReleasePart(_Part):
    """All that a library holds of one release, in a file."""

    release: WorkPart
    score: ScorePart | None = None
    favorite: FavoritePart | None = None
    collection: CollectionPart | None = None
    history: list[WatchingPart] = Field(default_factory=list)

    @classmethod
    def of(
        cls,
        work: Work,
        favorite: Favorite | None,
        item: ShelfItem | None,
        score: OwnScore | None,
        history: list[Progress],
        ordinals: Mapping[str, float],
    ) -> "ReleasePart":
        """``ordinals``: episode id → its number in the release; ``work`` is one of ours."""
        assert work.release_id is not None, "our own works have a number"
        return cls(
            release=WorkPart(
                id=work.release_id,
                titles=list(work.titles),
                year=work.year,
                type=work.kind,
                external_ids=dict(work.external),
            ),
            score=None if score is None else ScorePart(value=score.score, voted_at=score.at),
            favorite=None if favorite is None else FavoritePart(added_at=favorite.added_at),
            collection=None
            if item is None
            else CollectionPart(
                type=item.shelf,
                changed_at=item.changed_at,
                started_at=item.started_at,
                finished_at=item.finished_at,
            ),
            history=[WatchingPart.of(row, ordinals.get(row.episode_id)) for row in history],
        )


class ListItemPart(_Part):
    """A release of a list, in a file."""

    release_id: Identifier
    note: str = Field("", max_length=NOTE_MAX)
    added_at: AwareDatetime


class ListPart(_Part):
    """A list, in a file."""

    id: Identifier
    title: str = Field(min_length=1, max_length=TITLE_MAX)
    description: str = Field("", max_length=DESCRIPTION_MAX)
    visibility: Visibility = Visibility.PRIVATE
    created_at: AwareDatetime
    updated_at: AwareDatetime
    items: list[ListItemPart] = Field(default_factory=list, max_length=MAX_ITEMS)

    @classmethod
    def of(cls, row: UserList, items: list[ListItem]) -> "ListPart":
        """``items`` in the order of the list."""
        return cls(
            id=row.id,
            title=row.title,
            description=row.description,
            visibility=row.visibility,
            created_at=row.created_at,
            updated_at=row.updated_at,
            items=[ListItemPart(release_id=i.release_id, note=i.note, added_at=i.added_at) for i in items],
        )


class LibraryFile(_Part):
    """The whole of it; written piece by piece in ``adapters/exporter.py``."""

    format: Literal["ani-library"]
    version: int = Field(ge=1, le=VERSION)
    exported_at: datetime | None = None
    lists: list[ListPart] = Field(default_factory=list, max_length=MAX_LISTS)
    releases: list[ReleasePart]

    @classmethod
    def parse(cls, value: Any) -> "LibraryFile":
        """``value`` as it came out of the JSON. Raises :class:`BadFile`, with the place of the first fault."""
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = "/".join(str(part) for part in first["loc"])
            raise BadFile(detail=f"at {place or 'the top'}: {first['msg']}", pointer=f"/{place}") from None
