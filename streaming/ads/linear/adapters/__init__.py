"""The ports of one transaction, and breaks for the origin."""
