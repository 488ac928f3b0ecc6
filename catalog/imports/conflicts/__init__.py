"""Records that could be several of our releases, or none, and wait for a decision."""
