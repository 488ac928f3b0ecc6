"""Openings and endings: what chapters say, and what sound episodes have in common."""
