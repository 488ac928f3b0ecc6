"""Admission over Socket.IO's handshake and argon2."""
