"""Changes of a library, for devices that keep a copy of it."""
