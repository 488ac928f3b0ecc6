"""Streaming a whole library out of the database."""
