"""Runs: one reading of one source, piece by piece."""
