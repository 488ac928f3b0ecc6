"""RTP packets into frames on our clock.  Pure."""
