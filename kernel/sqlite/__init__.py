"""SQLite with fewer trips between the event loop and the thread that a connection lives in."""
