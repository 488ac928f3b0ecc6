"""The audit log: every domain event with who caused it, appended and never changed."""
