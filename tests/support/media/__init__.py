"""Films, sound and packets."""
