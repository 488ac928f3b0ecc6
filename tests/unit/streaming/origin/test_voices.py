"""Which track of an asset a voice-over means."""

from streaming.origin.model import Track, Voice, preferred_track

JAPANESE, STUDIO, OTHER = Track("ja", "Japanese"), Track("ru", "Studio"), Track("ru", "Another studio")
TRACKS = (JAPANESE, OTHER, STUDIO)


def test_the_same_one_else_one_in_its_language_else_none() -> None:
    assert preferred_track(TRACKS, Voice("ru", "Studio")) is STUDIO
    assert preferred_track(TRACKS, Voice("ru", "Gone")) is OTHER
    assert preferred_track(TRACKS, Voice("ja")) is JAPANESE
    assert preferred_track(TRACKS, Voice("en", "Studio")) is None
    assert preferred_track((), Voice("ru")) is None
