"""Fan-out: one message, encoded once, written to every member of a room."""
