"""What franchises do for other rooms of the catalogue."""
