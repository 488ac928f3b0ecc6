"""Which streams become video sources."""

from dataclasses import dataclass, field, replace

import pytest

from catalog.imports.records.model import SourceStream
from catalog.imports.streams.usecases import Attachment, KnownStream, attach, is_switched_on, name_of, wanted

KNOWN = KnownStream("s", "Kodik: AniLibria", "https://old.example/1.m3u8", has_credentials=False, version=3)


@dataclass
class MemorySources:
    known: KnownStream | None = None
    done: list[tuple[str, str]] = field(default_factory=list)

    async def of_episode(self, episode_id: str) -> KnownStream | None:
        return self.known

    async def register(self, episode_id: str, name: str, url: str) -> int:
        self.done.append(("register", url))
        return 1_000

    async def redirect(self, known: KnownStream, url: str) -> int:
        self.done.append(("redirect", url))
        return 1_000


@pytest.mark.parametrize(
    ("known", "has_video", "outcome"),
    [
        (None, False, Attachment.ATTACHED),
        (None, True, Attachment.KEPT),
        (KNOWN, True, Attachment.REDIRECTED),
        (replace(KNOWN, url="https://new.example/1.m3u8"), True, Attachment.UNCHANGED),
        (replace(KNOWN, name="By hand"), True, Attachment.KEPT),
        (replace(KNOWN, has_credentials=True), True, Attachment.KEPT),
    ],
)
async def test_what_becomes_of_a_stream(known: KnownStream | None, has_video: bool, outcome: Attachment) -> None:
    sources = MemorySources(known)
    found, _ = await attach(sources, "e", KNOWN.name, "https://new.example/1.m3u8", has_video=has_video)
    assert found is outcome
    assert bool(sources.done) is (outcome in {Attachment.ATTACHED, Attachment.REDIRECTED})


def test_an_episode_has_the_translation_that_is_named_first() -> None:
    streams = [SourceStream(2, "b", "X"), SourceStream(1, "a", "X"), SourceStream(2, "c", "Y")]
    assert [stream.url for stream in wanted(streams)] == ["a", "b"]


def test_it_is_off_until_somebody_switches_it_on() -> None:
    assert [is_switched_on(options) for options in ({}, {"attach_streams": "yes"}, {"attach_streams": True})] == [
        False,
        False,
        True,
    ]


def test_names_have_room() -> None:
    assert name_of("Kodik", SourceStream(1, "a", "")) == "Kodik"
    assert len(name_of("K" * 90, SourceStream(1, "a", "T" * 90))) == 100
