"""Streams that imports found, as video sources of the proxy."""

from dataclasses import replace

from typing_extensions import override

import streaming.proxy.usecases
from catalog.imports.streams.usecases import KnownStream, VideoSources
from kernel.feature import Feature
from kernel.scope import Container
from streaming.proxy import inspection
from streaming.proxy.adapters.context import context_of
from streaming.proxy.adapters.serving import Proxy
from streaming.proxy.model import SourceSettings
from streaming.proxy.usecases import Sources


class ProxiedStreams(VideoSources):
    """Each call is transactions of its own: a source is looked at outside of them."""

    def __init__(self, container: Container, proxy: Proxy) -> None:
        self._container, self._proxy = container, proxy

    @override
    async def of_episode(self, episode_id: str) -> KnownStream | None:
        async with self._container.scope(write=False) as scope:
            known = await scope.port(Sources).of_episode(episode_id)
        if known is None:
            return None
        return KnownStream(
            source_id=known.id,
            name=known.settings.name,
            url=known.settings.url,
            has_credentials=bool(self._proxy.sealer.open_headers(known.sealed_headers)),
            version=known.version,
        )

    @override
    async def register(self, episode_id: str, name: str, url: str) -> int:
        settings = SourceSettings(name=name, url=url)
        findings = await inspection.inspect_source(self._proxy, settings, {})
        async with self._container.scope(write=True) as scope:
            await streaming.proxy.usecases.register(
                context_of(scope), episode_id, settings, self._proxy.sealer.seal_headers({}), findings
            )
        return findings.duration_ms

    @override
    async def redirect(self, known: KnownStream, url: str) -> int:
        async with self._container.scope(write=False) as scope:
            before = await streaming.proxy.usecases.get(context_of(scope), known.source_id)
        settings = replace(before.settings, url=url)
        findings = await inspection.inspect_source(self._proxy, settings, {})
        async with self._container.scope(write=True) as scope:
            await streaming.proxy.usecases.change(
                context_of(scope),
                known.source_id,
                settings,
                self._proxy.sealer.seal_headers({}),
                findings,
                if_version=known.version,
            )
            scope.uow.after_commit(lambda: self._proxy.forget(known.source_id))
        return findings.duration_ms


def joined(container: Container, proxy: Proxy) -> Feature:
    """What joins imports to the proxy; a part of ``server/wiring.py``."""
    return Feature(ports={VideoSources: lambda _: ProxiedStreams(container, proxy)})
