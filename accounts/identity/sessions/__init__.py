"""Sessions: signing in, refreshing, signing out, and who a request comes from."""
