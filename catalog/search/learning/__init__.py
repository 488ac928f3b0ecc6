"""Names that releases are searched by and do not have: counted by what people choose, decided by moderators."""
