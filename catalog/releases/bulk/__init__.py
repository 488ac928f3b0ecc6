"""One change of many releases at once."""
