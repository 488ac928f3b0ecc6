"""Answers with keys that can be told apart."""

from streaming.keys.model import ContentKey
from streaming.keys.speke import cpix
from tests.support.media.cpix import (
    Answer,
)


def answer(text: str | bytes, speke_version: str = "2.0") -> Answer:
    asked = cpix.read(text.encode() if isinstance(text, str) else text, speke_version)
    keys = {
        wanted.kid: ContentKey(
            content_id=asked.content_id,
            track_class=wanted.track_class,
            period=None,
            kid=wanted.kid,
            key=bytes([number]) * 16,
            iv=bytes([0xF0 | number]) * 16,
        )
        for number, wanted in enumerate(asked.keys, 1)
    }
    return Answer(cpix.fill(asked, keys))
