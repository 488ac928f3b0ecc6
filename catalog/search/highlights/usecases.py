"""Saying by which name releases were found."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from catalog.releases.names import Names, OtherName
from catalog.releases.usecases import TranslatedText
from catalog.search.highlights.model import Matched
from catalog.search.model import Name


class NamedRow(Protocol):
    """A release, as far as it says what it is called."""

    @property
    def id(self) -> str: ...  # noqa: D102 - of the release
    @property
    def name(self) -> Names: ...  # noqa: D102 - its main ones
    @property
    def names(self) -> Sequence[OtherName]: ...  # noqa: D102 - in their order


class Highlighter(Protocol):
    """Compares names with what was typed."""

    async def highlights(self, text: str, names: Mapping[str, Sequence[Name]]) -> Mapping[str, Matched]:
        """Of those that are found by one of their names, which and where; earlier names first among equals."""
        ...


class TranslatedNames(Protocol):
    """What releases are called in translations."""

    async def names(self, release_ids: Sequence[str]) -> Mapping[str, Sequence[Name]]:
        """Of those that are translated, in every language."""
        ...


async def of_releases(
    highlighter: Highlighter,
    in_others: TranslatedNames,
    text: str,
    releases: Sequence[NamedRow],
    translated: Mapping[str, TranslatedText],
    beside: Mapping[str, Sequence[Name]] = MappingProxyType({}),
) -> Mapping[str, Matched]:
    """By which name each of ``releases`` was found: what the reader is shown comes first, other languages last.  And of what is ``beside``."""
    own = {str(release.id): _shown(release, translated.get(release.id)) for release in releases}
    if not text or not (own or beside):
        return {}
    found = dict(await highlighter.highlights(text, {**own, **beside}))
    if rest := [release_id for release_id in own if release_id not in found]:
        others = await in_others.names(rest)
        if others:
            found |= await highlighter.highlights(text, others)
    return found


def _shown(release: NamedRow, translation: TranslatedText | None) -> list[Name]:
    name = release.name
    names = [Name(translation.name, translation.language)] if translation is not None and translation.name else []
    names += [Name(text) for text in (name.main, name.english, name.alternative) if text]
    return [*names, *(Name(other.text, other.language) for other in release.names)]
