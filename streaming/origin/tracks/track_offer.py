"""The sound and text of an asset, as somebody's settings choose from them."""

from streaming.origin.ladder import Rendition
from streaming.origin.model import PlayableEpisode, StreamableAsset
from streaming.player_settings.model import SubtitleKind
from streaming.player_settings.track_choice import UNDETERMINED, Offer, OfferedAudio, OfferedSubtitles

DESCRIBES_VIDEO = "public.accessibility.describes-video"
TRANSCRIBES_SPEECH = "public.accessibility.transcribes-spoken-dialog"
"""RFC 8216 §4.3.4.1, CHARACTERISTICS."""


def offer_of(asset: StreamableAsset, episode: PlayableEpisode) -> Offer:
    """What there is to choose from: as the multivariant playlist names it, where it does, for so will players."""
    return Offer(
        audio=[
            OfferedAudio(each.language or UNDETERMINED, each.name, DESCRIBES_VIDEO in (each.characteristics or ""))
            for each in _renditions(asset, "AUDIO")
        ]
        or [OfferedAudio(track.language, track.label) for track in asset.audio],
        subtitles=[
            OfferedSubtitles(each.language or UNDETERMINED, each.name, _kind(each))
            for each in _renditions(asset, "SUBTITLES")
        ]
        or [OfferedSubtitles(track.language, track.label) for track in asset.subtitles],
        original_language=episode.original_language,
    )


def _renditions(asset: StreamableAsset, kind: str) -> list[Rendition]:
    """Of one group: each of the others has the same again, in another quality (§4.3.4.1.1)."""
    found = [each for each in asset.ladder.renditions if each.kind == kind]
    return [each for each in found if each.group == found[0].group]


def _kind(rendition: Rendition) -> SubtitleKind:
    if rendition.forced:
        return SubtitleKind.FORCED
    return SubtitleKind.SDH if TRANSCRIBES_SPEECH in (rendition.characteristics or "") else SubtitleKind.FULL
