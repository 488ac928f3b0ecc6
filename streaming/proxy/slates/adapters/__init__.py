"""Slates made with Pillow and ffmpeg, kept in the storage, and put into playlists."""
