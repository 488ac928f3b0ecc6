"""What needs packages to be read."""
