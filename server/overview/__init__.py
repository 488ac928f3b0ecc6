"""How the program is doing: counts, jobs, deliveries and disk, for administrators; and one's own jobs."""
