"""What other features send by e-mail."""
