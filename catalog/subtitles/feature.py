"""What subtitles bind for themselves."""

from catalog.subtitles import routes
from catalog.subtitles.repository import SqlSubtitles
from catalog.subtitles.usecases import Subtitles
from kernel.feature import Feature

FEATURE = Feature(ports={Subtitles: lambda scope: SqlSubtitles(scope.uow)}, routers=[routes.router])
