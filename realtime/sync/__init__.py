"""Synchronised playback: the room clock, its estimate (RFC 5905 §8) and position arithmetic; twins of ``web/src/sync``."""
