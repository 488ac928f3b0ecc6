"""How many watch a live channel without a delay, and how many may, over HTTP."""
