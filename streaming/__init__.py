"""HLS: uploads, ingest, the origin of our own media, and the ad-stripping proxy for other people's."""
