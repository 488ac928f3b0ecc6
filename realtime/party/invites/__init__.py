"""Invites: signed links into a party, made, listed and revoked."""
