"""How many streams an account watches at a time: each is held by a lease that its player renews by going on."""
