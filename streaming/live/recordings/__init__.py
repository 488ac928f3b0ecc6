"""Recordings of live channels, and the episodes that are made of them."""
