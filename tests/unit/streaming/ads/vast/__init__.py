"""Other people's ads, as plain values."""
