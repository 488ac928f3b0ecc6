"""Calendars to subscribe to: of a release, for everybody, and of what one person follows, behind a secret address."""
