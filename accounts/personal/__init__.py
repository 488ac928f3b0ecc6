"""What the law and decency give everybody: a copy of their data, and the end of it (GDPR articles 15, 17 and 20)."""
