"""The origin: stream sessions, tokens, and the playlists and segments of published assets."""
