"""The replica of a party on one process: its document, connections, timers and what members have been told."""
