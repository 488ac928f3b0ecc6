"""The proxy over HTTP and in the shared cache: playlists served, state and activity of sources."""
