"""Keys and files for packaging anew."""
