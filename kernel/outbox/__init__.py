"""Domain events on their way: written with the change, delivered after it."""
