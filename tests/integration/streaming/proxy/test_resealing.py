"""Credentials of sources outlive the secret key they were sealed with."""

from dataclasses import replace

import pytest

from kernel.ids import new_id
from kernel.secrets.reencryption import Reencryption, reencrypt
from server.cli.upkeep import keys
from server.services import Services
from server.settings import Settings
from streaming.proxy.model import Findings, SourceId, SourceSettings, VideoSource
from streaming.proxy.playlist.rewrite import UriKind
from streaming.proxy.repository import SourceCredentials
from streaming.proxy.sealing import SealBroken, Sealer
from streaming.proxy.usecases import Sources

OLD, NEW = b"o" * 32, b"n" * 32
HEADERS = {"Authorization": "Bearer of the channel"}
FINDINGS = Findings(is_live=False, variants=1, height_px=360, duration_ms=1_000)


async def add_source(services: Services, sealed: str) -> str:
    async with services.container.scope(write=True) as scope:
        settings = SourceSettings(name="Channel", url="https://channel.example/master.m3u8")
        source = VideoSource.register(SourceId(new_id()), new_id(), settings, sealed, FINDINGS, scope.clock.now())
        scope.port(Sources).add(source)
    return source.id


def of_sources(sealer: Sealer) -> Reencryption:
    return Reencryption("headers of sources", sealer.credentials, SourceCredentials)


async def sealed_headers(services: Services, source_id: str) -> tuple[str, int]:
    async with services.container.scope(write=False) as scope:
        source = await scope.port(Sources).get(SourceId(source_id))
    assert source is not None
    return source.sealed_headers, source.version


@pytest.mark.both_adapters
async def test_a_round_brings_them_under_the_new_key(services: Services) -> None:
    gone = Sealer([b"g" * 32]).seal_headers(HEADERS)
    lost = await add_source(services, gone)
    source_id = await add_source(services, Sealer([OLD]).seal_headers(HEADERS))
    both = Sealer([NEW, OLD])
    before, version = await sealed_headers(services, source_id)
    assert both.open_headers(before) == HEADERS

    await reencrypt(services.container, of_sources(both))

    after, same_version = await sealed_headers(services, source_id)
    assert Sealer([NEW]).open_headers(after) == HEADERS
    assert version == same_version, "whoever edits the source at that moment is not in its way"
    assert (await sealed_headers(services, lost))[0] == gone, "what nobody can open is left as it is"
    await reencrypt(services.container, of_sources(both))
    assert (await sealed_headers(services, source_id))[0] == after, "and once is enough"


def test_addresses_in_playlists_open_with_a_former_key() -> None:
    sealed = Sealer([OLD]).seal_url("source", "https://channel.example/1.ts", UriKind.SEGMENT)
    assert Sealer([NEW, OLD]).open_url("source", sealed) == ("https://channel.example/1.ts", UriKind.SEGMENT)
    with pytest.raises(SealBroken):
        Sealer([NEW]).open_url("source", sealed)


async def test_retiring_seals_first(services: Services, settings: Settings) -> None:
    source_id = await add_source(services, Sealer([OLD]).seal_headers(HEADERS))
    feature = replace(services.feature, reencryptions=[of_sources(Sealer([NEW, OLD]))])
    settings.key_file.rotate("n" * 64, 1)
    assert await keys.retire(replace(services, feature=feature), at_once=False) == 1
    assert Sealer([NEW]).open_headers((await sealed_headers(services, source_id))[0]) == HEADERS
