"""Live channels over WebRTC and the media port."""
