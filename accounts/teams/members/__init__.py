"""Members and owners of a team."""
