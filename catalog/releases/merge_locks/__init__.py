"""Pairs of releases that are two works, and are never merged."""
