"""What player settings need of the catalogue, and what follows for them from what happens to accounts."""

from dataclasses import asdict

from accounts.identity.events import SessionRevoked, UserDeleted
from accounts.personal.player import PlayerSettingsArchive, PlayerSettingsHeld, SeriesChoiceHeld
from catalog.releases.usecases import Releases
from kernel.feature import Feature
from kernel.outbox.outbox import Subscriber
from kernel.scope import Scope
from streaming.player_settings.schemas import PlayerSettingsOut, overrides_out
from streaming.player_settings.usecases import KnownSeries, PlayerSettingsStore


class CatalogueSeries(KnownSeries):
    """Releases of the catalogue."""

    def __init__(self, scope: Scope) -> None:
        self._releases = scope.port(Releases)

    async def exists(self, release_id: str) -> bool:
        """See ``KnownSeries``."""
        return await self._releases.get(release_id) is not None


class PlayerSettingsOf:
    """Settings as the account they are of sees them."""

    def __init__(self, scope: Scope) -> None:
        self._store = scope.port(PlayerSettingsStore)

    async def of_user(self, user_id: str) -> PlayerSettingsHeld:
        """See ``PlayerSettingsArchive``."""
        own = await self._store.own(user_id)
        return PlayerSettingsHeld(
            settings=PlayerSettingsOut.of(own.settings).model_dump(mode="json"),
            devices={
                device.login_id: overrides_out(device.changes).model_dump(mode="json", exclude_none=True)
                for device in await self._store.devices(user_id)
            },
            series=[
                SeriesChoiceHeld(each.release_id, asdict(each.choice), each.at)
                for each in await self._store.all_series(user_id)
            ],
        )


async def forget_device(scope: Scope, event: SessionRevoked) -> None:
    """A sign-in is over, and with it what that device had otherwise."""
    await scope.port(PlayerSettingsStore).forget_device(event.session_id)


async def forget_player_settings_of_user(scope: Scope, event: UserDeleted) -> None:
    """An account is gone."""
    await scope.port(PlayerSettingsStore).forget_user(event.user_id)


JOINED = Feature(
    ports={KnownSeries: CatalogueSeries, PlayerSettingsArchive: PlayerSettingsOf},
    subscribers={
        SessionRevoked: [Subscriber("forget_player_settings_of_device", forget_device)],
        UserDeleted: [Subscriber("forget_player_settings_of_user", forget_player_settings_of_user)],
    },
)
"""A part of ``server/wiring.py``."""
