"""E-mail: the outbox it waits in, the templates it is written from, and the round that sends it."""
