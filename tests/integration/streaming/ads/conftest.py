"""The film of the origin's tests, and the way to play it."""

from tests.integration.streaming.origin.conftest import play, show, source

__all__ = ["play", "show", "source"]
