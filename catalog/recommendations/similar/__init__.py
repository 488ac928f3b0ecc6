"""Pairs of releases that people find similar, and their votes."""
