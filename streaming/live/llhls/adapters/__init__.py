"""What of Low-Latency HLS does I/O: HTTP, codecs, the clock."""
