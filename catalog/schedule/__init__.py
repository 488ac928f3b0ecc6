"""When episodes air: recurrences, what differs from them, estimates, and calendars to subscribe to."""
