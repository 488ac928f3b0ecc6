"""From a record to a release: what would change, and the change."""
