"""The sound and subtitles a stream offers, and what its viewer prefers of them."""
