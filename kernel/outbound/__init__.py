"""Requests to addresses that somebody else chose: vetted before each connection."""
