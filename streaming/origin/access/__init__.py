"""Who may fetch a stream: its tokens, what they say of keys, and what the edge may serve without asking."""
