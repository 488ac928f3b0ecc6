"""The password hash."""
