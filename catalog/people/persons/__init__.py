"""People, and what they did for releases."""
