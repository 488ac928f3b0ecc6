"""Releases and their episodes: what editors say of them, and how viewers find them."""
