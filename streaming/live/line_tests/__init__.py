"""A test of the line before going live: who may begin one, and what the last one found."""
