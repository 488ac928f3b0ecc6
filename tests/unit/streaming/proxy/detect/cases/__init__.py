"""Playlists with explicit signals, and which of their segments are ads."""
