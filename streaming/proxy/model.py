"""A registered video source: somebody else's HLS, attached to an episode, played through the ad-stripping proxy.

The errors::

    NotFound
    ├── SourceNotFound      no such source
    └── CorrectionNotFound  nothing was said under that id
    Invalid
    ├── SourceUnusable      it answers, but nothing of it can be played
    └── CredentialsStay     they were given for another origin
    Conflict
    ├── EpisodeHasSource    another source is attached to the episode already
    └── TooManyCorrections  a rule for addresses would say more
"""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, NewType

from kernel.changes import WITHHELD, Changes, differences, snapshot
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event
from streaming.ingest.model import AssetReady
from streaming.proxy.detect.corrections import MAX_CORRECTIONS, Correction
from streaming.proxy.detect.detect import DetectionRules
from streaming.proxy.strip.strip import AdPolicy

SourceId = NewType("SourceId", str)


class SourceNotFound(NotFound):
    """There is no video source {source_id}."""


class CorrectionNotFound(NotFound):
    """There is no correction {correction_id} of this source."""


class TooManyCorrections(Conflict):
    """A source takes {limit} corrections; a rule for its addresses says more."""


class SourceUnusable(Invalid):
    """This source cannot be played: {reason}."""


class CredentialsStay(Invalid):
    """The credentials of this source were given for another address. Give them again, or say that there are none."""


class EpisodeUnknown(NotFound):
    """There is no episode {episode_id} to attach a source to."""


class EpisodeHasSource(Conflict):
    """Episode {episode_id} has another source already."""


@dataclass(frozen=True, kw_only=True)
class SourceRegistered(Event):
    """An operator registered a video source."""

    source_id: str
    episode_id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class SourceChanged(Event):
    """An operator changed how a video source is played."""

    source_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SourceRemoved(Event):
    """An operator removed a video source."""

    source_id: str
    episode_id: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a probe of a source showed."""

    is_live: bool
    variants: int
    height_px: int
    duration_ms: int  # 0 for live
    codecs: tuple[str, ...] = ()
    encryption: tuple[str, ...] = ()  # methods, with their key formats
    ad_signals: tuple[str, ...] = ()
    ads: int = 0  # segments that would be cut now


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What an operator decides.  ``allowed_hosts`` besides the source's own; empty: any public host its playlists name."""

    name: str
    url: str
    mode: AdPolicy = AdPolicy.REPLACE
    signals: bool = True
    heuristics: bool = False
    allowed_hosts: tuple[str, ...] = ()
    ad_addresses: tuple[str, ...] = ()
    programme_addresses: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()

    def disclosed(self) -> dict[str, Any]:
        """All of it as others may read it: the query of an address may be a key to it."""
        return {**snapshot(self, [one.name for one in fields(self)]), "url": self.url.partition("?")[0]}

    @property
    def rules(self) -> DetectionRules:
        """The rules among them, for the detector."""
        return DetectionRules(
            signals=self.signals,
            heuristics=self.heuristics,
            ad_addresses=self.ad_addresses,
            programme_addresses=self.programme_addresses,
            corrections=self.corrections,
        )


@dataclass(eq=False, kw_only=True)
class VideoSource(Entity):
    """A registered source.  ``sealed_headers``: the headers sent to it, encrypted, for they may be credentials."""

    id: SourceId
    episode_id: str
    settings: SourceSettings
    sealed_headers: str
    findings: Findings
    created_at: datetime
    updated_at: datetime
    version: int = field(default=1)

    @classmethod
    def register(
        cls,
        source_id: SourceId,
        episode_id: str,
        settings: SourceSettings,
        sealed_headers: str,
        findings: Findings,
        now: datetime,
    ) -> "VideoSource":
        """A source that was probed with success: its episode can be played from now on."""
        source = cls(
            id=source_id,
            episode_id=episode_id,
            settings=settings,
            sealed_headers=sealed_headers,
            findings=findings,
            created_at=now,
            updated_at=now,
        )
        source.record(SourceRegistered(at=now, source_id=source_id, episode_id=episode_id, title=settings.name))
        source.record(
            AssetReady(
                at=now,
                asset_id=source_id,
                episode_id=episode_id,
                duration_ms=findings.duration_ms,
                height_px=findings.height_px,
            )
        )
        return source

    def change(self, settings: SourceSettings, sealed_headers: str, findings: Findings, now: datetime) -> None:
        """Play it differently, or from elsewhere.  What was said of single stretches stays, unless this is another stream now."""
        corrections = self.settings.corrections if settings.url == self.settings.url else ()
        settings = replace(settings, corrections=corrections)
        before, had_headers = self.settings.disclosed(), self.sealed_headers
        self.settings, self.sealed_headers, self.findings, self.updated_at = settings, sealed_headers, findings, now
        changes = differences(before, settings.disclosed())
        if sealed_headers != had_headers:
            changes["headers"] = (WITHHELD, WITHHELD)
        self.record(SourceChanged(at=now, source_id=self.id, changes=changes))

    def correct(self, correction: Correction, now: datetime) -> None:
        """An operator knows better than the detector.  Raises :class:`TooManyCorrections`."""
        if len(self.settings.corrections) >= MAX_CORRECTIONS:
            raise TooManyCorrections(limit=MAX_CORRECTIONS)
        self._say((*self.settings.corrections, correction), now)

    def withdraw(self, correction_id: str, now: datetime) -> None:
        """Leave a stretch to the detector again.  Raises :class:`CorrectionNotFound`."""
        left = tuple(said for said in self.settings.corrections if said.id != correction_id)
        if len(left) == len(self.settings.corrections):
            raise CorrectionNotFound(correction_id=correction_id)
        self._say(left, now)

    def _say(self, corrections: tuple[Correction, ...], now: datetime) -> None:
        before = self.settings.disclosed()
        self.settings, self.updated_at = replace(self.settings, corrections=corrections), now
        self.record(SourceChanged(at=now, source_id=self.id, changes=differences(before, self.settings.disclosed())))

    def remove(self, now: datetime) -> None:
        """Say that it goes."""
        self.record(SourceRemoved(at=now, source_id=self.id, episode_id=self.episode_id))
