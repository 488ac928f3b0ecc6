"""What the routes of teams share."""
