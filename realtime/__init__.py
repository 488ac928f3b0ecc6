"""What happens at once for many: parties over Socket.IO, the room clock, viewing progress."""
