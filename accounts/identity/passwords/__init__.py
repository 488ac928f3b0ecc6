"""Passwords: which are acceptable, how they are hashed, how one is changed."""
