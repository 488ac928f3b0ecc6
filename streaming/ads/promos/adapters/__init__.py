"""The ports of one transaction, and pictures."""
