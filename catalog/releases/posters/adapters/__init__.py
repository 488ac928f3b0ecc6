"""Files of posters for whoever asks."""
