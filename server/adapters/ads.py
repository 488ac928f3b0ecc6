"""What promos and ads need of the catalogue and of accounts, and what follows for them from what happens there."""

from collections.abc import Collection, Mapping

from typing_extensions import override

import accounts.identity.queries
import catalog.releases.episodes.queries
import catalog.releases.usecases
from accounts.identity.events import UserDeleted
from accounts.personal.ads import AdExemptionArchive, AdExemptionHeld
from catalog.releases.model import Release, ReleaseNotFound
from catalog.releases.usecases import Reader, Releases
from kernel.errors import UnavailableForLegalReasons
from kernel.feature import Feature
from kernel.outbox.outbox import Subscriber
from kernel.scope import Scope
from server.adapters.playback import KnownEpisodes
from streaming.ads.audience import NOWHERE, Subject, ViewerKeys
from streaming.ads.creatives.usecases import AdCreatives
from streaming.ads.exemptions.usecases import AdExemptions, ExemptedPeople
from streaming.ads.linear.usecases import AdEvents
from streaming.ads.promos.usecases import PromoCounts
from streaming.ads.usecases import PromotedReleases


class CatalogueSubjects:
    """Releases of the catalogue, as something is shown beside them."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def of_release(self, key: str, *, region: str | None) -> Subject:
        """See ``PromotedReleases``."""
        try:
            found = await catalog.releases.usecases.release_called(self._scope.port(Releases), key)
            Reader(sees_drafts=False, region=region).check(found)
        except (ReleaseNotFound, UnavailableForLegalReasons):
            return NOWHERE
        return _subject(found)

    async def of_episode(self, episode_id: str) -> Subject:
        """See ``PromotedReleases``."""
        episodes = await catalog.releases.episodes.queries.episodes(self._scope.uow.session, [episode_id])
        episode = episodes.get(episode_id)
        release = None if episode is None else await self._scope.port(Releases).get(episode.release_id)
        return NOWHERE if release is None else _subject(release)


def _subject(release: Release) -> Subject:
    return Subject(release.id, release.type.value, frozenset(genre.slug for genre in release.genres))


class IngestedVideos(KnownEpisodes):
    """What videos are made ready for: episodes, and ads of other servers."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self._creatives = scope.port(AdCreatives)

    @override
    async def exists(self, episode_id: str) -> bool:
        return await super().exists(episode_id) or await self._creatives.get(episode_id) is not None


class ExemptedAccounts:
    """Accounts by name."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def nicknames(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """See ``ExemptedPeople``."""
        return await accounts.identity.queries.nicknames(self._session, user_ids)


class ExemptionsOf:
    """An exemption as the account it is of sees it."""

    def __init__(self, scope: Scope) -> None:
        self._exemptions = scope.port(AdExemptions)

    async def of_user(self, user_id: str) -> AdExemptionHeld | None:
        """See ``AdExemptionArchive``."""
        found = await self._exemptions.get(user_id)
        return None if found is None else AdExemptionHeld(found.reason, found.granted_at)


async def forget_ads_of_user(scope: Scope, event: UserDeleted) -> None:
    """An account is gone: so is its exemption, and whose impressions those were."""
    exemptions = scope.port(AdExemptions)
    known = await exemptions.get(event.user_id)
    if known is not None:
        await exemptions.remove(known)
    viewer = scope.port(ViewerKeys).of(event.user_id)
    await scope.port(PromoCounts).forget_viewer(viewer)
    await scope.port(AdEvents).forget_viewer(viewer)


JOINED = Feature(
    ports={PromotedReleases: CatalogueSubjects, ExemptedPeople: ExemptedAccounts, AdExemptionArchive: ExemptionsOf},
    subscribers={UserDeleted: [Subscriber("forget_ads_of_user", forget_ads_of_user)]},
)
