"""Tokens as MediaMTX reads them."""
