"""Pictures and sound of live channels, forwarded as they came."""
