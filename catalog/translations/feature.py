"""What translations bind for themselves."""

from catalog.releases.usecases import TranslatedTexts
from catalog.translations import routes
from catalog.translations.repository import SqlTranslations
from catalog.translations.usecases import Translations
from kernel.feature import Feature

FEATURE = Feature(
    ports={
        Translations: lambda scope: SqlTranslations(scope.uow),
        TranslatedTexts: lambda scope: SqlTranslations(scope.uow),
    },
    routers=[routes.router],
)
