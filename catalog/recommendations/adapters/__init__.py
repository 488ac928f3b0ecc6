"""What recommending needs from outside."""
