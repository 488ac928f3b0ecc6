"""Which of our releases a record is about."""
