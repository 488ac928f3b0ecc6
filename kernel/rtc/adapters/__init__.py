"""What stands on sockets and on aiortc, its private parts included; loaded when somebody talks, not at the start."""
