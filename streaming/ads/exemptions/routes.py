"""Exemptions over HTTP, for administrators."""

from kernel.access import Role
from kernel.http import Call, Router
from kernel.http.schemas import PageIn
from streaming.ads.exemptions import usecases
from streaming.ads.exemptions.model import AdExemption, ExemptedUnknown, ExemptionNotFound, TooManyExemptions
from streaming.ads.exemptions.schemas import AdExemptionIn, AdExemptionOut, AdExemptionPage
from streaming.ads.exemptions.usecases import AdExemptions, ExemptedPeople

router = Router("/api/v1/promo-exemptions", tag="Promos")


async def _outs(call: Call, exemptions: list[AdExemption]) -> list[AdExemptionOut]:
    names = await call.port(ExemptedPeople).nicknames([one.user_id for one in exemptions])
    return [
        AdExemptionOut(
            user_id=one.user_id, nickname=names.get(one.user_id), reason=one.reason, granted_at=one.granted_at
        )
        for one in exemptions
    ]


@router.get("", role=Role.ADMIN, summary="List the accounts that are shown no ads")
async def list_exemptions(call: Call, query: PageIn) -> AdExemptionPage:
    found, total = await call.port(AdExemptions).listed(limit=query.page_size, offset=query.offset)
    return AdExemptionPage(
        items=await _outs(call, list(found)), total=total, page=query.page, page_size=query.page_size
    )


@router.put(
    "/{user_id}",
    role=Role.ADMIN,
    summary="Show an account no ads",
    raises=(ExemptedUnknown, TooManyExemptions),
)
async def put_exemption(call: Call, user_id: str, body: AdExemptionIn) -> AdExemptionOut:
    """Neither promos nor ads in videos, from the next look on. An account that is exempt already stays as it is."""
    granted = await usecases.grant(
        call.port(AdExemptions), call.port(ExemptedPeople), user_id, body.reason, now=call.clock.now()
    )
    return (await _outs(call, [granted]))[0]


@router.delete("/{user_id}", role=Role.ADMIN, summary="Show an account ads again", raises=(ExemptionNotFound,))
async def delete_exemption(call: Call, user_id: str) -> None:
    await usecases.revoke(call.port(AdExemptions), user_id, now=call.clock.now())
