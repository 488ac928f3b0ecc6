"""A user's own nickname, picture and e-mail address."""
