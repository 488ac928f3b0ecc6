"""One-time passcodes sent by e-mail, to sign in with and to confirm an identity."""
