"""The texts of proposed subtitles, read before the transaction that keeps them: that takes its time."""

from collections.abc import Mapping
from dataclasses import replace

from catalog.moderation.proposals.model import ProposalKind
from catalog.moderation.proposals.usecases import FieldEdit
from catalog.subtitles.model import TEXT_MAX
from catalog.subtitles.usecases import SubtitleFormats

_FIELD = "text"


def holds_text(kind: ProposalKind, asked: Mapping[str, FieldEdit]) -> bool:
    """Whether there is a text of subtitles in what is asked for; another kind of value is refused for its type later."""
    if kind is not ProposalKind.SUBTITLE or _FIELD not in asked:
        return False
    text = asked[_FIELD].after
    return isinstance(text, str) and 0 < len(text) <= TEXT_MAX


async def as_webvtt(formats: SubtitleFormats, asked: Mapping[str, FieldEdit]) -> dict[str, FieldEdit]:
    """``asked`` with its text as WebVTT.  Raises ``SubtitleUnreadable``."""
    text = asked[_FIELD]
    return {**asked, _FIELD: replace(text, after=await formats.webvtt(text.after))}
