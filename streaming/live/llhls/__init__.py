"""Low-Latency HLS from the packets a publisher sends, without encoding the picture again (rfc8216bis)."""
