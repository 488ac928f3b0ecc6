"""Bytes from the network to the disk."""
