"""What hears events and tells somebody: notifications in the client, webhooks, e-mail, the audit log."""
