"""Event → whom to tell what: one row of a table for each, which reads what it needs of other features."""
