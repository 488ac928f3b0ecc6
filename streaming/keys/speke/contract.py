"""The encryption contract of a CPIX document: which key is for which tracks (SPEKE API v2, "Encryption contract").  Pure."""

from collections import defaultdict
from typing import Final
from xml.etree.ElementTree import Element  # read by defusedxml, in cpix

from streaming.keys.model import TrackClass
from streaming.keys.speke.model import MALFORMED_CONTRACT, MISSING_CONTRACT, SpekeRefused
from streaming.keys.speke.names import cpix, key_id

_FILTERS: Final = (cpix("VideoFilter"), cpix("AudioFilter"))
_ALL: Final = "ALL"
_EVERY_VIDEO: Final = "VIDEO"
_EVERY_AUDIO: Final = "AUDIO"


def check(rules: list[Element], key_ids: set[str]) -> dict[str, str]:
    """Key id → its ``intendedTrackType``.

    Every key has a rule, every rule a key and a filter; within a period no two rules are for the same tracks, so ``ALL`` stands
    alone, ``VIDEO`` without ``SD`` and its like, ``AUDIO`` without ``STEREO_AUDIO`` and its like.  Periods that the document does
    not describe are taken as they come: some encryptors leave the list out.  Raises :class:`SpekeRefused`.
    """
    if not any(child.tag in _FILTERS for rule in rules for child in rule):
        raise SpekeRefused(MISSING_CONTRACT)
    kinds: dict[str, str] = {}
    of_period: defaultdict[str, set[str]] = defaultdict(set)
    for rule in rules:
        kid, kind = key_id(rule.get("kid")), (rule.get("intendedTrackType") or "").strip()
        if kid not in key_ids or kid in kinds or not kind or not any(child.tag in _FILTERS for child in rule):
            raise SpekeRefused(MALFORMED_CONTRACT)
        kinds[kid] = kind
        periods = [child.get("periodId") for child in rule if child.tag == cpix("KeyPeriodFilter")]
        for period in periods or [""]:
            if period is None or kind in of_period[period]:
                raise SpekeRefused(MALFORMED_CONTRACT)
            of_period[period].add(kind)
    if kinds.keys() != key_ids or any(_overlap(kinds_there) for kinds_there in of_period.values()):
        raise SpekeRefused(MALFORMED_CONTRACT)
    return kinds


def track_class(kind: str) -> TrackClass | None:
    """The class of tracks that ``kind`` (an ``intendedTrackType``) means at most; ``None``: all there are."""
    if "AUDIO" in kind:
        return TrackClass.AUDIO
    parts = kind.split("+")
    for name, found in (("UHD", TrackClass.UHD), ("HD", TrackClass.HD), ("SD", TrackClass.SD)):
        if any(part.startswith(name) for part in parts):
            return found
    return None


def _overlap(kinds: set[str]) -> bool:
    audio = {kind for kind in kinds if "AUDIO" in kind}
    video = kinds - audio
    return (
        (_ALL in kinds and len(kinds) > 1)
        or (_EVERY_AUDIO in audio and len(audio) > 1)
        or (_EVERY_VIDEO in video and len(video) > 1)
    )
