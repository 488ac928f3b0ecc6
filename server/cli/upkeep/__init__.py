"""Looking after an installation: backups, keys, where the database and the videos lie, who may ask for content keys."""
