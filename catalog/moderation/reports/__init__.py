"""Reports of what is wrong, told to the moderators."""
