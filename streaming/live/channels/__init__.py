"""Live channels: what they are called, who may publish, who may watch, and who was seen live."""
