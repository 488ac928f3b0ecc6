"""``/api/v1/recommendations``: what one may like, what may be recommended, and what may not."""

from collections.abc import Iterable

from catalog.languages.schemas import Localised
from catalog.recommendations import usecases
from catalog.recommendations.adapters.context import context_of
from catalog.recommendations.algorithms.ease import ITEMS_MAX, LIKES_MIN
from catalog.recommendations.jobs import JOB
from catalog.recommendations.model import NotRecommendable, TooManyHidden
from catalog.recommendations.schemas import (
    AdminModelOut,
    BuildOut,
    HiddenOut,
    HiddenPage,
    ModelOut,
    PreferencesIO,
    RecommendationsIn,
    RecommendationsOut,
    Translations,
    shown,
)
from catalog.recommendations.usecases import Choices, Models, Recommender
from catalog.releases.routes import VARY, reader, translations
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.errors import TooManyRequests
from kernel.http import Call, Reply, Router
from kernel.http.schemas import PageIn
from kernel.jobs import Jobs
from kernel.limits import Limit

router = Router(tag="Recommendations")

BUILDS = Limit("recommendation-model", attempts=6, window_s=3600)
"""A minute of half the processors each, at ten thousand releases."""
READS = Limit("recommendations", attempts=120, window_s=60)
"""Some 20 ms of a processor each: two a second is faster than anybody turns switches."""


class HiddenIn(Localised, PageIn):
    """Which page of what is hidden."""


@router.get("/recommendations", role=Role.USER, limit=READS, summary="What one may like, best first")
async def list_recommendations(call: Call, query: RecommendationsIn) -> Reply[RecommendationsOut]:
    """Worked out from one's library as it is now; each with its reason."""
    found = await usecases.recommend(context_of(call.scope, call.user, reader(call)), count=query.limit)
    translated = await _translated(call, query, found.releases)
    model = call.port(Recommender).model()
    answer = RecommendationsOut(
        items=shown(found.suggestions, found.releases, translated),
        likes=found.likes,
        model=None if model is None else ModelOut.of(model),
    )
    return Reply(answer, headers=VARY)


@router.get("/recommendations/settings", role=Role.USER, summary="What may be recommended to one")
async def get_settings(call: Call) -> PreferencesIO:
    return PreferencesIO.of(await call.port(Choices).preferences(call.user.user_id))


@router.put("/recommendations/settings", role=Role.USER, summary="Choose what may be recommended to one")
async def put_settings(call: Call, body: PreferencesIO) -> PreferencesIO:
    """All of it; what is left out is as usual again. It counts with the next `GET /recommendations`."""
    return PreferencesIO.of(await usecases.prefer(context_of(call.scope, call.user, reader(call)), body.preferences()))


@router.get("/recommendations/not-interested", role=Role.USER, summary="What one does not want recommended")
async def list_hidden(call: Call, query: HiddenIn) -> Reply[HiddenPage]:
    """The newest first."""
    rows, total = await call.port(Choices).hidden_page(call.user.user_id, offset=query.offset, limit=query.page_size)
    releases = await usecases.published(call.port(Releases), [row.release_id for row in rows], reader(call))
    translated = await _translated(call, query, releases)
    items = [HiddenOut.of(row, releases, translated) for row in rows]
    return Reply(HiddenPage(items=items, total=total, page=query.page, page_size=query.page_size), headers=VARY)


@router.post(
    "/recommendations/not-interested/{release_id}",
    role=Role.USER,
    summary="Do not recommend a release any more",
    raises=(NotRecommendable, TooManyHidden),
)
async def hide(call: Call, release_id: str) -> None:
    await usecases.hide(context_of(call.scope, call.user, reader(call)), release_id)


@router.delete(
    "/recommendations/not-interested/{release_id}", role=Role.USER, summary="Let a release be recommended again"
)
async def restore(call: Call, release_id: str) -> None:
    await usecases.restore(context_of(call.scope, call.user, reader(call)), release_id)


@router.get("/admin/recommendations/model", role=Role.ADMIN, summary="What is known of what is liked together")
async def get_model(call: Call) -> AdminModelOut:
    newest = await call.port(Models).newest()
    return AdminModelOut(
        model=None if newest is None else ModelOut.of(newest),
        version=None if newest is None else newest.version,
        took_s=None if newest is None else newest.took_s,
        items_max=ITEMS_MAX,
        likes_min=LIKES_MIN,
    )


@router.post(
    "/admin/recommendations/model",
    role=Role.ADMIN,
    status=202,
    limit=BUILDS,
    summary="Work out now what is liked together",
    raises=(TooManyRequests,),
)
async def build_model(call: Call) -> BuildOut:
    """It is done every night by itself. Two orders in one minute are one."""
    key = f"{JOB}:{call.clock.now():%Y-%m-%dT%H:%M}"
    return BuildOut(job_id=await call.port(Jobs).enqueue(JOB, {}, key=key, owner_id=call.user.user_id))


async def _translated(call: Call, query: Localised, release_ids: Iterable[str]) -> Translations:
    return await translations(call, query, list(release_ids))
