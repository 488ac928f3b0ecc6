"""Accounts that are shown no promos and no ads: an administrator said so."""
