"""The OpenID Connect client, signatures of ID tokens, and the cookie of a sign-in under way."""
