"""``ani up``: nginx, application processes, a worker, Valkey and PostgreSQL on one machine, started and looked after by one command."""
