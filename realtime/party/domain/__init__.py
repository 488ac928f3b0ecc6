"""The rules of a party: pure functions on immutable values."""
