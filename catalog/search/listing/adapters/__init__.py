"""What the list needs from outside."""
