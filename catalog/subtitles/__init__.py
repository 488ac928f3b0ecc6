"""Subtitles that people add to episodes, beside those that came in the video."""
