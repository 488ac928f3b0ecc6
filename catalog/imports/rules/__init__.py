"""What imports are told to do with genres, and what they never take."""
