"""What the use cases of translations need, from the rest of the process."""
