"""The Socket.IO edge: connections, identities, validated events with an answer to each."""
