"""Translations over HTTP."""

from catalog.languages.tags import BadLanguage
from catalog.releases.episodes.model import EpisodeNotFound
from catalog.releases.model import ReleaseNotFound
from catalog.releases.usecases import Reader
from catalog.translations import usecases
from catalog.translations.adapters.context import context_of
from catalog.translations.model import NothingTranslated, Subject, SubjectKind, TranslationNotFound
from catalog.translations.schemas import TranslationIn, TranslationList, TranslationOut
from catalog.translations.usecases import Translations
from kernel.access import Role
from kernel.errors import Conflict, Stale
from kernel.http import Call, Reply, Router, versioned

router = Router(tag="Translations")


async def _subject(call: Call, kind: SubjectKind, subject_id: str) -> Subject:
    reader = Reader(sees_drafts=call.actor is not None and call.actor.may(Role.EDITOR), region=call.region)
    return await usecases.subject_of(context_of(call.scope), reader, kind, subject_id)


async def _list(call: Call, kind: SubjectKind, subject_id: str) -> TranslationList:
    subject = await _subject(call, kind, subject_id)
    found = await call.port(Translations).of_subject(subject.id)
    return TranslationList(items=[TranslationOut.of(translation) for translation in found])


async def _put(
    call: Call, kind: SubjectKind, subject_id: str, language: str, body: TranslationIn
) -> Reply[TranslationOut]:
    subject = await _subject(call, kind, subject_id)
    put = await usecases.put(context_of(call.scope), subject, language, body.draft(), version=call.if_match())
    # The version counts up when the row is written; the answer must carry the new one.
    await call.scope.flush()
    return versioned(TranslationOut.of(put), put.version)


async def _delete(call: Call, kind: SubjectKind, subject_id: str, language: str) -> None:
    subject = await _subject(call, kind, subject_id)
    await usecases.remove(context_of(call.scope), subject, language)


@router.get("/releases/{release_id}/translations", summary="List a release's translations", raises=(ReleaseNotFound,))
async def list_release_translations(call: Call, release_id: str) -> TranslationList:
    """Not only into the language of the reader."""
    return await _list(call, SubjectKind.RELEASE, release_id)


@router.put(
    "/releases/{release_id}/translations/{language}",
    role=Role.EDITOR,
    summary="Translate a release",
    raises=(ReleaseNotFound, BadLanguage, NothingTranslated, Stale, Conflict),
)
async def put_release_translation(
    call: Call, release_id: str, language: str, body: TranslationIn
) -> Reply[TranslationOut]:
    """``language`` is a BCP 47 tag. Who reads releases in it gets ``translation`` beside the original."""
    return await _put(call, SubjectKind.RELEASE, release_id, language, body)


@router.delete(
    "/releases/{release_id}/translations/{language}",
    role=Role.EDITOR,
    summary="Remove a release's translation",
    raises=(ReleaseNotFound, BadLanguage, TranslationNotFound),
)
async def delete_release_translation(call: Call, release_id: str, language: str) -> None:
    await _delete(call, SubjectKind.RELEASE, release_id, language)


@router.get("/episodes/{episode_id}/translations", summary="List an episode's translations", raises=(EpisodeNotFound,))
async def list_episode_translations(call: Call, episode_id: str) -> TranslationList:
    """Not only into the language of the reader."""
    return await _list(call, SubjectKind.EPISODE, episode_id)


@router.put(
    "/episodes/{episode_id}/translations/{language}",
    role=Role.EDITOR,
    summary="Translate an episode's name",
    raises=(EpisodeNotFound, BadLanguage, NothingTranslated, Stale, Conflict),
)
async def put_episode_translation(
    call: Call, episode_id: str, language: str, body: TranslationIn
) -> Reply[TranslationOut]:
    """``language`` is a BCP 47 tag; episodes have a name and no description."""
    return await _put(call, SubjectKind.EPISODE, episode_id, language, body)


@router.delete(
    "/episodes/{episode_id}/translations/{language}",
    role=Role.EDITOR,
    summary="Remove an episode's translation",
    raises=(EpisodeNotFound, BadLanguage, TranslationNotFound),
)
async def delete_episode_translation(call: Call, episode_id: str, language: str) -> None:
    await _delete(call, SubjectKind.EPISODE, episode_id, language)
