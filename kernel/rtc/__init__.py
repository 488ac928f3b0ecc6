"""WebRTC for the server: one UDP port, ICE-lite, DTLS-SRTP of aiortc, RTP forwarded as it came and never decoded."""
