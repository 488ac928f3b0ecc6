"""What the collections' use cases work with, out of a transaction."""
