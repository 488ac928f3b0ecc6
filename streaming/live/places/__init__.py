"""Who watches a live channel without a delay, and who by Low-Latency HLS."""
