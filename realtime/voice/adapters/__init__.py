"""What of voice does I/O."""
