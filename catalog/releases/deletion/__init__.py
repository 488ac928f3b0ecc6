"""Deleted releases: listed, restored, and purged in the end."""
