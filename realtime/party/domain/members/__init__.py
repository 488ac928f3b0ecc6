"""Who is in a party: coming and going, what they are called, and whom a sanction binds.  Pure."""
