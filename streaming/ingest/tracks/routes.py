"""The tracks of an episode's video over HTTP; for editors.  Sound is added by an upload (``streaming/uploads``)."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from kernel.access import Role
from kernel.http import Call, Router
from kernel.jobs import Jobs
from kernel.limits import Limit
from streaming.ingest.model import Asset, NothingPublished
from streaming.ingest.plan import MAX_LABEL
from streaming.ingest.repackaging.repackage import tracks_of
from streaming.ingest.repackaging.routes import JobStartedOut
from streaming.ingest.tracks import model
from streaming.ingest.tracks.model import (
    BadTrackChange,
    OnlySound,
    TrackChange,
    TrackEdit,
    TrackNotFound,
    TrackRemoval,
    changed,
)
from streaming.ingest.usecases import Assets

router = Router("/api/v1", tag="Uploads")

CHANGES = Limit("track-changes", attempts=240, window_s=3600)
"""Tracks that one person changes; each packages a video anew, which is seconds to minutes of disk work."""

TRACKS_JOB = "change_tracks"


def _language(text: str) -> str:
    found = model.language_of(text)
    if found is None:
        raise ValueError("is no language tag")
    return found


class SoundTrackOut(BaseModel):
    """A track of sound."""

    name: str = Field(description="What it is changed and removed by.")
    language: str = Field(description="BCP 47, `und` where nobody knows.")
    label: str
    channels: int = Field(description="Of the rendition that everything plays.")
    surround_channels: int | None = Field(description="Of the surround rendition beside it; `null`: there is none.")
    is_default: bool = Field(description="It plays when nobody chooses.")


class TextTrackOut(BaseModel):
    """Subtitles that came with the video; those added later are at `/episodes/{episode_id}/subtitles`."""

    name: str = Field(description="What it is changed and removed by.")
    language: str = Field(description="BCP 47, `und` where nobody knows.")
    label: str
    forced: bool = Field(description="Signs and songs alone.")
    sdh: bool = Field(description="For the deaf and hard of hearing.")


class TracksOut(BaseModel):
    """What an episode's own video has beside its picture."""

    audio: list[SoundTrackOut]
    subtitles: list[TextTrackOut]


class TrackEditIn(BaseModel):
    """What is said of a track from now on; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    language: Annotated[
        str | None,
        StringConstraints(max_length=20),
        AfterValidator(lambda text: None if text is None else _language(text)),
        Field(description="BCP 47; empty: nobody knows."),
    ] = None
    label: Annotated[
        str | None,
        StringConstraints(strip_whitespace=True, max_length=MAX_LABEL, pattern=r"^[^\x00-\x1f]*$"),
        Field(description="What the player's menu calls it; empty: the language's own name."),
    ] = None
    is_default: bool | None = Field(None, description="Of sound: whether it plays when nobody chooses.")
    forced: bool | None = Field(None, description="Of subtitles: signs and songs alone.")
    sdh: bool | None = Field(None, description="Of subtitles: for the deaf and hard of hearing.")


async def _current(call: Call, episode_id: str) -> Asset:
    asset = await call.port(Assets).current(episode_id)
    if asset is None or not asset.renditions:
        raise NothingPublished
    return asset


async def _order(call: Call, episode_id: str, change: TrackChange) -> JobStartedOut:
    # What cannot be is refused now, and not by the job.
    changed(tracks_of(await _current(call, episode_id), ()), change)
    payload: dict[str, Any] = {"episode_id": episode_id, "change": model.dump(change)}
    return JobStartedOut(job_id=await call.port(Jobs).enqueue(TRACKS_JOB, payload, owner_id=call.user.user_id))


@router.get(
    "/episodes/{episode_id}/tracks",
    role=Role.EDITOR,
    summary="See the sound and subtitles of a video",
    raises=(NothingPublished,),
)
async def list_tracks(call: Call, episode_id: str) -> TracksOut:
    asset = await _current(call, episode_id)
    return TracksOut(
        audio=[
            SoundTrackOut(
                name=each.name,
                language=each.language,
                label=each.label,
                channels=each.channels,
                surround_channels=None if each.surround is None else each.surround.channels,
                is_default=each.is_default,
            )
            for each in asset.audio
        ],
        subtitles=[
            TextTrackOut(name=each.name, language=each.language, label=each.label, forced=each.forced, sdh=each.sdh)
            for each in asset.subtitles
        ],
    )


@router.patch(
    "/episodes/{episode_id}/tracks/{name}",
    role=Role.EDITOR,
    status=202,
    limit=CHANGES,
    summary="Rename or flag a track of a video, without encoding it again",
    raises=(NothingPublished, TrackNotFound, BadTrackChange),
)
async def edit_track(call: Call, episode_id: str, name: str, body: TrackEditIn) -> JobStartedOut:
    return await _order(call, episode_id, TrackEdit(name, **body.model_dump()))


@router.delete(
    "/episodes/{episode_id}/tracks/{name}",
    role=Role.EDITOR,
    status=202,
    limit=CHANGES,
    summary="Take a track of sound or subtitles out of a video",
    raises=(NothingPublished, TrackNotFound, OnlySound),
)
async def remove_track(call: Call, episode_id: str, name: str) -> JobStartedOut:
    return await _order(call, episode_id, TrackRemoval(name))
