"""What releases and episodes are called, and said to be about, in other languages."""
