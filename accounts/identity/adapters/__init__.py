"""What the routes of accounts share."""
