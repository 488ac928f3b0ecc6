"""Who comes into a party: authentication of connections, invites and passwords shown, guest passes."""
