"""What hears events and tells somebody: notifications in the client, webhooks, the audit log."""
