"""streaming.origin.qoe."""
