"""The catalogue's features put together, in the order that the API page has them."""

from collections.abc import Sequence
from pathlib import Path

import catalog.franchises.feature
import catalog.imports.feature
import catalog.moderation.feature
import catalog.people.feature
import catalog.ratings.feature
import catalog.recommendations.feature
import catalog.releases.bulk.feature
import catalog.releases.deletion.feature
import catalog.releases.episodes.feature
import catalog.releases.feature
import catalog.releases.locks.feature
import catalog.releases.merge_locks.feature
import catalog.releases.merging.feature
import catalog.releases.posters.feature
import catalog.releases.publication.feature
import catalog.releases.references.feature
import catalog.releases.splitting.feature
import catalog.schedule.feature
import catalog.search.feature
import catalog.search.learning.feature
import catalog.subtitles.feature
import catalog.translations.feature
from kernel.feature import Feature, Process


def declare(process: Process, *, search_index_path: Path, source_networks: Sequence[str]) -> Feature:
    """What all of the catalogue declares; the search keeps its index at ``search_index_path`` between starts, and imports may
    come from private ``source_networks`` (CIDR).
    """
    return Feature.merged(
        [
            catalog.releases.feature.FEATURE,
            catalog.releases.references.feature.FEATURE,
            catalog.releases.bulk.feature.FEATURE,
            catalog.releases.publication.feature.FEATURE,
            catalog.releases.deletion.feature.FEATURE,
            catalog.releases.locks.feature.FEATURE,
            catalog.releases.merge_locks.feature.FEATURE,
            catalog.releases.merging.feature.FEATURE,
            catalog.releases.splitting.feature.FEATURE,
            catalog.releases.episodes.feature.FEATURE,
            catalog.franchises.feature.FEATURE,
            catalog.releases.posters.feature.declare(process),
            catalog.search.feature.declare(process, search_index_path),
            catalog.search.learning.feature.declare(process),
            catalog.schedule.feature.declare(process),
            catalog.translations.feature.FEATURE,
            catalog.subtitles.feature.FEATURE,
            catalog.ratings.feature.declare(process),
            catalog.people.feature.FEATURE,
            catalog.moderation.feature.FEATURE,
            catalog.recommendations.feature.declare(process),
            catalog.imports.feature.declare(process, source_networks),
        ]
    )
