"""What player settings bind for themselves."""

from kernel.feature import Feature
from streaming.player_settings import routes
from streaming.player_settings.repository import SqlPlayerSettings
from streaming.player_settings.usecases import PlayerSettingsStore

FEATURE = Feature(
    ports={PlayerSettingsStore: lambda scope: SqlPlayerSettings(scope.uow)},
    routers=[routes.router],
)
"""``/api/v1/me/player-settings``."""
