"""Works, and what is done with them."""
