"""How an episode's video is protected, over HTTP; for editors."""

from pydantic import BaseModel, Field

from kernel.access import Role
from kernel.http import Call, Router
from kernel.jobs import Jobs
from kernel.limits import Limit
from streaming.ingest.model import NothingPublished
from streaming.ingest.usecases import Assets, ProtectionDefaults
from streaming.keys.model import Protection

router = Router("/api/v1", tag="Uploads")

REPACKAGINGS = Limit("repackagings", attempts=120, window_s=3600)
"""Videos that one person has packaged anew: several series at a time; each is minutes of disk work."""

REPACKAGE_JOB = "repackage"


class ProtectionIn(BaseModel):
    """How an episode's media are to be encrypted."""

    protection: Protection = Field(description="How its pictures and sound are to be encrypted.")


class ProtectionOut(BaseModel):
    """How an episode's video is encrypted."""

    protection: Protection | None = Field(description="`null`: it has no video of its own.")
    default: Protection = Field(description="What new videos get where nobody chooses.")


class JobStartedOut(BaseModel):
    """The job that does the work; ``GET /api/v1/jobs/{id}`` tells how far it is."""

    job_id: str = Field(description="See `GET /jobs/{job_id}`.")


@router.get("/episodes/{episode_id}/protection", role=Role.EDITOR, summary="See how a video is protected")
async def get_protection(call: Call, episode_id: str) -> ProtectionOut:
    asset = await call.port(Assets).current(episode_id)
    has_files = asset is not None and bool(asset.renditions)
    return ProtectionOut(
        protection=asset.protection if asset is not None and has_files else None,
        default=call.port(ProtectionDefaults).mode,
    )


@router.put(
    "/episodes/{episode_id}/protection",
    role=Role.EDITOR,
    status=202,
    summary="Protect a video in another way, without encoding it again",
    limit=REPACKAGINGS,
    raises=(NothingPublished,),
)
async def set_protection(call: Call, episode_id: str, body: ProtectionIn) -> JobStartedOut:
    asset = await call.port(Assets).current(episode_id)
    if asset is None or not asset.renditions:
        raise NothingPublished
    job_id = await call.port(Jobs).enqueue(
        REPACKAGE_JOB,
        {"episode_id": episode_id, "protection": body.protection.value},
        owner_id=call.user.user_id,
    )
    return JobStartedOut(job_id=job_id)
