"""What search needs from outside."""
