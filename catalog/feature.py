"""The catalogue's features put together, in the order that the API page has them."""

import catalog.moderation.feature
import catalog.releases.feature
import catalog.subtitles.feature
import catalog.translations.feature
from kernel.feature import Feature

FEATURE = Feature.merged(
    [
        catalog.releases.feature.FEATURE,
        catalog.translations.feature.FEATURE,
        catalog.subtitles.feature.FEATURE,
        catalog.moderation.feature.FEATURE,
    ]
)
