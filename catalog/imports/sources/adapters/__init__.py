"""Readers of files and of other servers."""
