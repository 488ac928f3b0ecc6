"""Lists of releases that people make, name, order and show to others."""
