"""How a watch folder meets the disk and the database."""
