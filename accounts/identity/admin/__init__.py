"""What moderators and administrators do with accounts: roles, bans, sessions of others."""
