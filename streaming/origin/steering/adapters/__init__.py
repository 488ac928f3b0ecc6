"""Edges asked whether they are there, and what players found remembered."""
