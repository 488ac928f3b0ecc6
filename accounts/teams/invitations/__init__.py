"""Invitations to a team, by link or by e-mail."""
