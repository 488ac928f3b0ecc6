"""Adapters of licences: the client of licence servers."""
