"""Watch history: how far a user is in each episode."""
