"""What the catalogue needs of other features."""
