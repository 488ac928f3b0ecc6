"""What can be proposed on, behind documents: releases, episodes, translations and subtitles, by an editor's rules for each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import catalog.releases.episodes.usecases as episode_usecases
import catalog.releases.usecases as catalogue
import catalog.subtitles.usecases as subtitling
import catalog.translations.usecases as translating
from catalog.languages.schemas import Language
from catalog.moderation.proposals.diff import Document
from catalog.moderation.proposals.model import ProposalKind, TargetGone, TargetNotFound
from catalog.moderation.proposals.ports import Target
from catalog.releases.episodes.model import Episode, SpanKind
from catalog.releases.episodes.schemas import EpisodeEdit, EpisodeOut, SpanIO
from catalog.releases.episodes.usecases import EpisodeContext, Episodes
from catalog.releases.model import Release, ReleaseType, checked_alias
from catalog.releases.schemas import NamesIn, ReleaseFields, ReleaseOut
from catalog.releases.usecases import Reader, Releases
from catalog.subtitles.model import Subtitle
from catalog.subtitles.schemas import SubtitleIn
from catalog.subtitles.usecases import SubtitleContext, Subtitles
from catalog.translations.model import NothingTranslated, Subject, SubjectKind, Translation
from catalog.translations.schemas import TranslationIn
from catalog.translations.usecases import TranslationContext, Translations
from kernel.access import Actor, Role
from kernel.errors import NotFound
from kernel.http.problems import Fault, PayloadError, ProblemField
from kernel.ids import is_id
from kernel.scope import Scope

_GROUPS: Final = ("name", "external_ids")
"""Parts of a release that are changed one by one: ``name.main``."""


class TranslationDocument(TranslationIn):
    """All that is said of a translation."""

    model_config = ConfigDict(extra="forbid")

    language: Language = Field(description="Fixed, once the translation is there.")


SHAPES: Final[Mapping[ProposalKind, type[BaseModel]]] = {
    ProposalKind.RELEASE: ReleaseFields,
    ProposalKind.EPISODE: EpisodeEdit,
    ProposalKind.TRANSLATION: TranslationDocument,
    ProposalKind.SUBTITLE: SubtitleIn,
}


class CatalogueTargets:
    """The catalogue of one scope, as something to propose changes on."""

    def __init__(self, scope: Scope) -> None:
        self._releases = scope.port(Releases)
        self._episodes = scope.port(Episodes)
        self._translations = scope.port(Translations)
        self._subtitles = scope.port(Subtitles)

    async def find(self, actor: Actor, kind: ProposalKind, target_id: str) -> Target:
        """Raises :class:`TargetNotFound`, also for drafts that ``actor`` cannot see."""
        target = await self.current(kind, target_id)
        if target is None:
            raise TargetNotFound
        await self._see(actor, target.parent_id or target_id)
        return Target(
            kind=kind,
            id=target.id,
            parent_id=None,
            release_id=target.release_id,
            title=target.title,
            document=target.document,
        )

    async def place(self, actor: Actor, kind: ProposalKind, parent_id: str | None) -> Target:
        """Raises :class:`TargetNotFound` for a parent of the wrong kind, too."""
        title, release_id = "", None
        if kind is ProposalKind.RELEASE:
            if parent_id is not None:
                raise TargetNotFound
        elif parent_id is None:
            raise TargetNotFound
        else:
            subject, title = await self._see(actor, parent_id)
            release_id = subject.release_id
            wanted = {ProposalKind.EPISODE: SubjectKind.RELEASE, ProposalKind.SUBTITLE: SubjectKind.EPISODE}.get(
                kind, subject.kind
            )
            if subject.kind is not wanted:
                raise TargetNotFound
        return Target(kind=kind, id=None, parent_id=parent_id, release_id=release_id, title=title, document={})

    async def current(self, kind: ProposalKind, target_id: str) -> Target | None:
        """As it stands, drafts included; ``None`` when it is gone."""
        match kind:
            case ProposalKind.RELEASE:
                release = await self._releases.get(target_id)
                return None if release is None else _release_target(release)
            case ProposalKind.EPISODE:
                episode = await self._episodes.get(target_id)
                release = None if episode is None else await self._releases.get(episode.release_id)
                return None if episode is None or release is None else _episode_target(episode, release)
            case ProposalKind.TRANSLATION:
                translation = await self._translations.get(target_id)
                return None if translation is None else await self._translation_target(translation)
            case ProposalKind.SUBTITLE:
                subtitle = await self._subtitles.get(target_id)
                return None if subtitle is None else await self._subtitle_target(subtitle)

    async def checked(self, target: Target, document: Document) -> dict[str, Any]:
        """Raises :class:`PayloadError` with pointers below ``/fields``, ``BadAlias``, ``NothingTranslated``."""
        shape = SHAPES[target.kind]
        unknown = [name for name in document if name not in FIELDS[target.kind]]
        if unknown:
            raise PayloadError(
                [
                    ProblemField(pointer=f"/fields/{name}", detail="There is no such field.", code=Fault.UNKNOWN)
                    for name in unknown
                ]
            )
        try:
            body = shape.model_validate(_nested(document))
        except ValidationError as error:
            raise PayloadError(
                [
                    # Back to the flat name: /name/main is /fields/name.main.
                    field.model_copy(update={"pointer": f"/fields/{field.pointer[1:].replace('/', '.')}"})
                    for field in PayloadError.of(error).fields
                ]
            ) from None
        match body:
            case ReleaseFields():
                checked_alias(body.alias)
                body.draft()
            case TranslationDocument():
                if not (body.name or body.description):
                    raise NothingTranslated
                if target.id is not None and body.language != target.document["language"]:
                    raise PayloadError(
                        [ProblemField(pointer="/fields/language", detail="It cannot be changed.", code=Fault.FIXED)]
                    )
            case SubtitleIn():
                pass  # its text was read before the transaction began (subtitle_text.py)
        return _flat(body)

    async def write(self, kind: ProposalKind, target_id: str, document: Document, now: datetime) -> None:
        """Replace all that is said of it.  Raises :class:`TargetGone` and what an editor would meet."""
        body = SHAPES[kind].model_validate(_nested(document))
        try:
            match body:
                case ReleaseFields():
                    await catalogue.edit_release(
                        self._catalogue(now), target_id, body.draft(), body.genres, version=None
                    )
                case EpisodeEdit():
                    await episode_usecases.edit_episode(self._catalogue(now), target_id, body.draft(), version=None)
                case TranslationIn():
                    await translating.edit(self._translating(now), target_id, body.draft())
                case SubtitleIn():
                    await subtitling.edit(self._subtitling(now), target_id, body.draft(), version=None)
        except NotFound:
            raise TargetGone from None

    async def create(self, kind: ProposalKind, parent_id: str | None, document: Document, now: datetime) -> Target:
        """As a draft, where the kind has any.  Raises :class:`TargetGone` for a parent that is gone."""
        body = SHAPES[kind].model_validate(_nested(document))
        try:
            match body:
                case ReleaseFields():
                    release = await catalogue.create_release(self._catalogue(now), body.draft(), body.genres)
                    return _release_target(release)
                case EpisodeEdit():
                    episode = await episode_usecases.add_episode(self._catalogue(now), parent_id or "", body.draft())
                    parent = await self._releases.get(episode.release_id)
                    assert parent is not None
                    return _episode_target(episode, parent)
                case TranslationDocument():
                    subject, _ = await self._subject(parent_id or "", Reader(sees_drafts=True))
                    translation = await translating.add(self._translating(now), subject, body.language, body.draft())
                    return await self._translation_target(translation)
                case SubtitleIn():
                    subject, _ = await self._subject(parent_id or "", Reader(sees_drafts=True))
                    subtitle = await subtitling.add(self._subtitling(now), subject.id, subject.release_id, body.draft())
                    return await self._subtitle_target(subtitle)
        except NotFound:
            raise TargetGone from None
        raise AssertionError(kind)

    async def publish(self, kind: ProposalKind, target_id: str, now: datetime) -> None:
        """Show it to viewers; translations and subtitles are seen as soon as they are there."""
        match kind:
            case ProposalKind.RELEASE:
                await catalogue.publish_release(self._catalogue(now), target_id)
            case ProposalKind.EPISODE:
                await episode_usecases.publish_episode(self._catalogue(now), target_id)
            case ProposalKind.TRANSLATION | ProposalKind.SUBTITLE:
                pass  # they are seen as soon as they are there

    async def dependents(self, kind: ProposalKind, target_id: str) -> list[str]:
        """``episodes`` of a release, ``media`` of an episode."""
        match kind:
            case ProposalKind.RELEASE:
                return ["episodes"] if await self._episodes.of_release(target_id) else []
            case ProposalKind.EPISODE:
                episode = await self._episodes.get(target_id)
                return ["media"] if episode is not None and episode.playable else []
            case ProposalKind.TRANSLATION | ProposalKind.SUBTITLE:
                return []

    async def remove(self, kind: ProposalKind, target_id: str, now: datetime) -> None:
        """Delete it, with the translations of an episode."""
        match kind:
            case ProposalKind.RELEASE:
                await catalogue.delete_release(self._catalogue(now), self._episodes, target_id, version=None)
            case ProposalKind.EPISODE:
                for translation in await self._translations.of_subject(target_id):
                    await translating.forget(self._translating(now), translation)
                await episode_usecases.delete_episode(self._catalogue(now), target_id)
            case ProposalKind.TRANSLATION:
                translated = await self._translations.get(target_id)
                if translated is not None:
                    await translating.forget(self._translating(now), translated)
            case ProposalKind.SUBTITLE:
                await subtitling.remove(self._subtitling(now), target_id)

    def _catalogue(self, now: datetime) -> EpisodeContext:
        return EpisodeContext(releases=self._releases, episodes=self._episodes, now=now)

    def _translating(self, now: datetime) -> TranslationContext:
        return TranslationContext(
            translations=self._translations, releases=self._releases, episodes=self._episodes, now=now
        )

    def _subtitling(self, now: datetime) -> SubtitleContext:
        return SubtitleContext(subtitles=self._subtitles, now=now)

    async def _see(self, actor: Actor, subject_id: str) -> tuple[Subject, str]:
        """A release or an episode, and what it is called.  Raises :class:`TargetNotFound` where ``actor`` cannot see it."""
        try:
            return await self._subject(subject_id, Reader(sees_drafts=actor.may(Role.EDITOR)))
        except NotFound:
            raise TargetNotFound from None

    async def _subject(self, subject_id: str, reader: Reader) -> tuple[Subject, str]:
        if not is_id(subject_id):
            raise TargetNotFound
        if await self._releases.get(subject_id) is not None:
            release = await catalogue.release(self._releases, reader, subject_id)
            return Subject(SubjectKind.RELEASE, release.id, release.id), release.name.main
        episode, release = await episode_usecases.episode(self._episodes, self._releases, reader, subject_id)
        return Subject(SubjectKind.EPISODE, episode.id, release.id), episode_title(episode, release)

    async def _translation_target(self, translation: Translation) -> Target:
        _, title = await self._subject(translation.subject_id, Reader(sees_drafts=True))
        return Target(
            kind=ProposalKind.TRANSLATION,
            id=translation.id,
            parent_id=translation.subject_id,
            release_id=translation.release_id,
            title=title,
            document={
                "language": translation.language,
                "name": translation.name,
                "description": translation.description,
            },
        )

    async def _subtitle_target(self, subtitle: Subtitle) -> Target:
        _, title = await self._subject(subtitle.episode_id, Reader(sees_drafts=True))
        return Target(
            kind=ProposalKind.SUBTITLE,
            id=subtitle.id,
            parent_id=subtitle.episode_id,
            release_id=subtitle.release_id,
            title=title,
            document={
                "language": subtitle.language,
                "label": subtitle.label,
                "forced": subtitle.forced,
                "sdh": subtitle.sdh,
                "text": subtitle.text,
            },
        )


def episode_title(episode: Episode, release: Release) -> str:
    """«Release – 2. Name», within the 255 characters of a title."""
    name = f". {episode.name}" if episode.name else ""
    return f"{release.name.main} – {episode.ordinal:g}{name}"[:255]


def _release_target(release: Release) -> Target:
    # What stands there may be older than today's rules, so it is read and not validated.
    document = ReleaseOut.of(release).model_dump(mode="json", include=set(ReleaseFields.model_fields))
    document["genres"] = [genre.name for genre in release.genres]
    document["trailers"] = [
        {"url": one.url, "title": one.title, "language": one.language or None} for one in release.trailers
    ]
    return Target(
        kind=ProposalKind.RELEASE,
        id=release.id,
        parent_id=None,
        release_id=release.id,
        title=release.name.main,
        document=_flattened(document),
    )


_EPISODE_FIELDS: Final[dict[str, Any]] = dict.fromkeys(EpisodeEdit.model_fields, True) | {
    kind.value: set(SpanIO.model_fields)  # who says so is nothing that one suggests
    for kind in SpanKind
}


def _episode_target(episode: Episode, release: Release) -> Target:
    return Target(
        kind=ProposalKind.EPISODE,
        id=episode.id,
        parent_id=None,
        release_id=release.id,
        title=episode_title(episode, release),
        document=EpisodeOut.of(episode).model_dump(mode="json", include=_EPISODE_FIELDS),
    )


def _flat(body: BaseModel) -> dict[str, Any]:
    document = _flattened(body.model_dump(mode="json"))
    if isinstance(body, ReleaseFields):
        # As an editor's request means them: an empty other name is none.
        document |= {name: document[name] or None for name in ("name.english", "name.alternative")}
    return document


def _flattened(document: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in document.items():
        if name in _GROUPS and isinstance(value, dict):
            flat |= {f"{name}.{part}": inner for part, inner in value.items()}
        else:
            flat[name] = value
    return flat


def _nested(document: Document) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in document.items():
        group, _, part = name.partition(".")
        if part:
            nested.setdefault(group, {})[part] = value
        else:
            nested[name] = value
    return nested


_SAMPLES: Final[Mapping[ProposalKind, BaseModel]] = {
    ProposalKind.RELEASE: ReleaseFields(alias="a", type=ReleaseType.TV, name=NamesIn(main="a")),
    ProposalKind.EPISODE: EpisodeEdit(ordinal=1),
    ProposalKind.TRANSLATION: TranslationDocument(language="en"),
    ProposalKind.SUBTITLE: SubtitleIn(language="en", label="a", text="a"),
}
FIELDS: Final[Mapping[ProposalKind, frozenset[str]]] = {
    kind: frozenset(_flattened(sample.model_dump(mode="json"))) for kind, sample in _SAMPLES.items()
}
"""Everything a diff may name."""
