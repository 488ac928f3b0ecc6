"""How long a film is, and its tracks in it: measured from packets, not believed from headers."""
