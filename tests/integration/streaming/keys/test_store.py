"""Content keys in the database: the same for the same request, sealed, and outliving the secret key they were sealed with."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from kernel.ids import new_id
from kernel.scope import Scope
from kernel.secrets.encryption import SealBrokenError, SecretBox
from kernel.secrets.reencryption import Reencryption, reencrypt
from server.cli.upkeep import keys as key_commands
from server.services import Services
from server.settings import Settings
from streaming.keys.model import ContentKey, TrackClass
from streaming.keys.repository import SealedKeys, SqlContentKeys, content_keys
from streaming.keys.usecases import ContentKeys

OLD, NEW = b"o" * 32, b"n" * 32


def store(scope: Scope, *keys: bytes) -> SqlContentKeys:
    return SqlContentKeys(scope.uow, SecretBox(keys), scope.clock)


async def made(services: Services, content_id: str, track_class: TrackClass, period: int = 0) -> ContentKey:
    async with services.container.scope(write=True) as scope:
        return await scope.port(ContentKeys).get_or_make(content_id, track_class, period)


@pytest.mark.both_adapters
async def test_the_same_request_gives_the_same_key(services: Services) -> None:
    film, other_film = new_id(), new_id()
    first = await made(services, film, TrackClass.HD)
    assert await made(services, film, TrackClass.HD) == first
    others = [
        await made(services, film, TrackClass.SD),
        await made(services, film, TrackClass.HD, period=1),
        await made(services, other_film, TrackClass.HD),
    ]
    assert len({each.key for each in [first, *others]}) == 4
    assert len({each.kid for each in [first, *others]}) == 4


@pytest.mark.both_adapters
async def test_two_packagers_at_once_get_one_key(services: Services) -> None:
    film = new_id()
    keys = await asyncio.gather(*(made(services, film, TrackClass.AUDIO) for _ in range(4)))
    assert len({each.key for each in keys}) == 1


@pytest.mark.both_adapters
async def test_a_key_by_an_id_that_somebody_else_chose(services: Services) -> None:
    kid = new_id()
    async with services.container.scope(write=True) as scope:
        keys = scope.port(ContentKeys)
        first = await keys.get_or_make_for_kid("season-1/film", kid, TrackClass.SD)
        assert await keys.get_or_make_for_kid("season-1/film", kid) == first
        elsewhere = await keys.get_or_make_for_kid("season-2/film", kid, TrackClass.SD)
        second = await keys.get_or_make_for_kid("season-1/film", new_id(), TrackClass.SD)
    assert (first.kid, first.track_class, first.period) == (kid, TrackClass.SD, None)
    assert len({first.key, elsewhere.key, second.key}) == 3


@pytest.mark.both_adapters
async def test_keys_are_found_by_content_and_id(services: Services) -> None:
    film, other_film = new_id(), new_id()
    audio = await made(services, film, TrackClass.AUDIO)
    later = await made(services, film, TrackClass.SD, period=1)
    first = await made(services, film, TrackClass.SD)
    foreign = await made(services, other_film, TrackClass.SD)
    async with services.container.scope(write=True) as scope:
        keys = scope.port(ContentKeys)
        assert await keys.of_content(film) == [first, later, audio]
        assert await keys.find(film, [audio.kid, foreign.kid, new_id()]) == [audio]
        await keys.remove(film)
        assert await keys.of_content(film) == []
        assert await keys.of_content(other_film) == [foreign]


@pytest.mark.both_adapters
async def test_no_key_lies_open_in_the_database(services: Services) -> None:
    film = new_id()
    key = await made(services, film, TrackClass.SD)
    async with services.container.scope(write=False) as scope:
        rows = await scope.uow.session.execute(select(content_keys).where(content_keys.c.content_id == film))
        [row] = rows.mappings().all()
        assert key.key.hex() not in str(dict(row))
        with pytest.raises(SealBrokenError):
            await store(scope, NEW).of_content(film)


@pytest.mark.both_adapters
async def test_keys_move_to_the_new_secret_key(services: Services) -> None:
    film = new_id()
    async with services.container.scope(write=True) as scope:
        before = await store(scope, OLD).get_or_make(film, TrackClass.SD)
    both = Reencryption("content keys", SecretBox([NEW, OLD]), SealedKeys)
    async with services.container.scope(write=False) as scope:
        assert await store(scope, NEW, OLD).of_content(film) == [before], "served on while the round is to come"
    await reencrypt(services.container, both)
    async with services.container.scope(write=False) as scope:
        assert await store(scope, NEW).of_content(film) == [before]


async def test_retiring_a_secret_key_moves_them_first(services: Services, settings: Settings) -> None:
    film = new_id()
    before = await made(services, film, TrackClass.UHD)
    mine = [each for each in services.feature.reencryptions if each.what == "content keys"]
    assert len(mine) == 1, "the feature is wired"
    box = SecretBox([NEW, *services.process.derive_keys("content-keys")])
    feature = replace(services.feature, reencryptions=[replace(mine[0], box=box)])
    settings.key_file.rotate("n" * 64, 1)
    assert await key_commands.retire(replace(services, feature=feature), at_once=False) == 1
    async with services.container.scope(write=False) as scope:
        assert await store(scope, NEW).of_content(film) == [before]
