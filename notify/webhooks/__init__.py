"""Webhooks: what happens here, told to other people's programs over HTTPS, signed and until they have it."""
