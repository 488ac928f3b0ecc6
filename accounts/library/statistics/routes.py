"""``/api/v1/library/statistics``, what of it others may see, and their profiles."""

from accounts.library.statistics import usecases
from accounts.library.statistics.adapters.context import context_of
from accounts.library.statistics.model import ComparisonOff, ProfileNotFound
from accounts.library.statistics.schemas import (
    CompatibilityOut,
    ProfileOut,
    SharingIn,
    SharingOut,
    StatisticsIn,
    StatisticsOut,
)
from accounts.library.statistics.usecases import KeptComparisons, Sharings
from kernel.access import Role
from kernel.errors import TooManyRequests
from kernel.http import Call, Router
from kernel.limits import Limit

router = Router("/api/v1", tag="Library")

STATISTICS = Limit("library-statistics", attempts=120, window_s=60)
"""Sums over a whole library, up to 50 ms of the database: twice a second is no person, but several tabs may be."""
COMPARISONS = Limit("taste-comparisons", attempts=60, window_s=3600)
"""Everybody one knows, and no way to feel one's way to somebody's scores."""


@router.get(
    "/library/statistics",
    role=Role.USER,
    limit=STATISTICS,
    summary="One's library in numbers",
    raises=(TooManyRequests,),
)
async def get_statistics(call: Call, query: StatisticsIn) -> StatisticsOut:
    context, user_id = context_of(call.scope), call.user.user_id
    numbers = await usecases.statistics(context, user_id)
    return StatisticsOut.with_activity(numbers, await usecases.activity(context, user_id, query.utc_offset_min))


@router.get("/library/sharing", role=Role.USER, summary="What others may see of one's library")
async def get_sharing(call: Call) -> SharingOut:
    """Nothing, unless one wants it."""
    return SharingOut.of(await call.port(Sharings).of(call.user.user_id))


@router.put("/library/sharing", role=Role.USER, summary="Choose what others may see of one's library")
async def put_sharing(call: Call, body: SharingIn) -> SharingOut:
    """Holds at once."""
    return SharingOut.of(await usecases.share(context_of(call.scope), call.user.user_id, body.wanted()))


@router.get(
    "/users/{nickname}/profile",
    limit=STATISTICS,
    summary="Somebody's public profile",
    raises=(ProfileNotFound, TooManyRequests),
)
async def get_profile(call: Call, nickname: str) -> ProfileOut:
    """Of those who want one; of all others it says that there is none."""
    return ProfileOut.of(await usecases.profile(context_of(call.scope), nickname))


@router.get(
    "/users/{nickname}/compatibility",
    role=Role.USER,
    limit=COMPARISONS,
    summary="How far somebody's taste agrees with one's own",
    raises=(ComparisonOff, ProfileNotFound, TooManyRequests),
)
async def get_compatibility(call: Call, nickname: str) -> CompatibilityOut:
    """Where both allow it. Worked out once a day for two people; nobody's scores are told."""
    kept = call.port(KeptComparisons)
    return CompatibilityOut.of(await usecases.compare(context_of(call.scope), kept, call.user.user_id, nickname))
