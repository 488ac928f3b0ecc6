"""The Socket.IO server: Engine.IO, packets, events."""
