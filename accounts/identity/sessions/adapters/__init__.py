"""Access tokens (JWT), the refresh cookie, and the authentication of every request."""
