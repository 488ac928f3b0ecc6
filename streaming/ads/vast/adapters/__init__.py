"""Asking ad servers, and telling them what was seen."""
