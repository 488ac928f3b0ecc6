"""Descriptions of sessions (RFC 8866) read with aiortc's parser, of which no line may cost more than a little."""

from typing import Final

from aiortc import sdp

from kernel.rtc.ports import OfferNotAcceptable

MAX_CODECS: Final = 128
"""Of one section: a payload type has seven bits (RFC 3550 §5.1).  aiortc looks through all of them for each line of parameters."""

_UNREAD: Final = ("a=rtcp-fb:", "a=ssrc:")
"""What nobody here reads of a peer: aiortc keeps each line of the first for every codec, and looks through all sources for each of the
second, so that 60 kB of them are seconds and hundreds of megabytes."""


def parse_description(text: str, *, max_characters: int) -> sdp.SessionDescription:
    """Somebody's offer or answer, without feedback and sources.  Raises OfferNotAcceptable."""
    if len(text) > max_characters:
        raise OfferNotAcceptable(reason="it is too long")
    lines = [line for line in text.splitlines() if not line.startswith(_UNREAD)]
    codecs = 0
    for line in lines:
        if line.startswith("m="):
            codecs = 0
        codecs += line.startswith("a=rtpmap:")
        if codecs > MAX_CODECS:
            raise OfferNotAcceptable(reason=f"it has more than {MAX_CODECS} codecs in a section")
    try:
        return sdp.SessionDescription.parse("\r\n".join(lines))
    except Exception as error:  # it asserts, indexes and converts as it goes
        raise OfferNotAcceptable(reason="it is malformed") from error
