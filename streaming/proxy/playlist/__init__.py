"""Playlists as text: parsed, edited and written without losing a byte (RFC 8216).  Pure."""
