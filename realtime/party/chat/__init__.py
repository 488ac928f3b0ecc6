"""The chat of a party, durable and numbered."""
