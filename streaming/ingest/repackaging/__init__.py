"""Protecting published media in another way, without encoding them again."""
