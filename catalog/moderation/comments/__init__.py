"""Comments on a proposal, between its author and those who decide on it."""
