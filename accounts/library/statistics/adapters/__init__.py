"""What the use cases of statistics work with."""
