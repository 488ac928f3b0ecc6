"""The context of the use cases of translations."""

from catalog.releases.episodes.usecases import Episodes
from catalog.releases.usecases import Releases
from catalog.translations.usecases import TranslationContext, Translations
from kernel.scope import Scope


def context_of(scope: Scope) -> TranslationContext:
    """What the use cases of translations work with in the transaction of ``scope``, at this moment."""
    return TranslationContext(
        translations=scope.port(Translations),
        releases=scope.port(Releases),
        episodes=scope.port(Episodes),
        now=scope.clock.now(),
    )
