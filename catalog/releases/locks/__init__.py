"""Locks: what importers leave alone in a release, whatever a source says."""
