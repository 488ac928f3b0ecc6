"""Media over HTTP: the routes that serve bytes, and responses prepared once."""
