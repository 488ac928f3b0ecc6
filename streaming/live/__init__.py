"""Live channels: published over WHIP, watched over WHEP, and handed on as packets to whatever packages them."""
