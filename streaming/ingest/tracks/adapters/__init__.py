"""How tracks are encoded and packaged."""
