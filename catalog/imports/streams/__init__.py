"""Streams of records as video sources of episodes, for sources that are switched to it."""
