"""Saying by which name releases were found."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from catalog.releases.model import Release
from catalog.releases.usecases import TranslatedText
from catalog.search.highlights.model import Matched
from catalog.search.model import Name


class Highlighter(Protocol):
    """Compares names with what was typed."""

    async def highlights(self, text: str, names: Mapping[str, Sequence[Name]]) -> Mapping[str, Matched]:
        """Of those that are found by one of their names, which and where; earlier names first among equals."""
        ...


class AllNames(Protocol):
    """The names of releases in every language."""

    async def names(self, release_ids: Sequence[str]) -> Mapping[str, Sequence[Name]]:
        """Of those that are there."""
        ...


async def of_releases(
    highlighter: Highlighter,
    every: AllNames,
    text: str,
    releases: Sequence[Release],
    translated: Mapping[str, TranslatedText],
) -> Mapping[str, Matched]:
    """By which name each of ``releases`` was found; what the reader is shown comes first, other languages last."""
    if not text or not releases:
        return {}
    own = {str(release.id): _shown(release, translated.get(release.id)) for release in releases}
    found = dict(await highlighter.highlights(text, own))
    rest = [release_id for release_id in own if release_id not in found]
    if rest:
        found |= await highlighter.highlights(text, await every.names(rest))
    return found


def _shown(release: Release, translation: TranslatedText | None) -> list[Name]:
    name = release.name
    names = [Name(translation.name, translation.language)] if translation is not None and translation.name else []
    names += [Name(text) for text in (name.main, name.english, name.alternative) if text]
    return [*names, *(Name(other.text, other.language) for other in release.names)]
