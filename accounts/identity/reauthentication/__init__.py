"""Step-up authentication: a password or a passcode before what cannot be undone."""
