"""What webhooks need of the network."""
