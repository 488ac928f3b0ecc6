"""Forgotten passwords and the verification of e-mail addresses."""
