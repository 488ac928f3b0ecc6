"""Names of releases, found as they are typed: any script, misspelt, romanised, shortened, or on the wrong keyboard."""
