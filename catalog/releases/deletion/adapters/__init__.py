"""What the use cases are given."""
