"""How somebody likes to watch: quality, languages, speed, captions; everywhere, on one device, in one series."""
