"""Favourites, and the five collections of a library."""
