"""Files, threads and programs behind recordings."""
