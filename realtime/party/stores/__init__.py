"""Where the document of a party lives: memory and SQL, or Valkey with a copy in SQL."""
