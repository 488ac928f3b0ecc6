"""What to go on with: one episode a series."""
