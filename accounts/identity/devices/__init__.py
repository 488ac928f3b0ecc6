"""Signing in what has no keyboard: the device authorization grant (RFC 8628)."""
