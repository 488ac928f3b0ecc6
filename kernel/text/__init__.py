"""What text looks like to people: folding, look-alike names, names nobody may take, NUL in JSON."""
