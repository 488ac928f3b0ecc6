"""The HTTP client for upstreams: fetch, decompress, pass through."""
