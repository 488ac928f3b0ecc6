"""Studios, and what they did for releases."""
