"""`ani up`, as far as it is rules."""
