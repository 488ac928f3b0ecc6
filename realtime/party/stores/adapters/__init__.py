"""The store of several nodes, in Valkey."""
