"""Votes go along when their release is merged into another, and back again."""
