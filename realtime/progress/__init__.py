"""Where everybody is in what they watch, durable before it is acknowledged."""
