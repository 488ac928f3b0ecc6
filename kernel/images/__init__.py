"""Pictures that people send: decoded within bounds, kept in the database."""
