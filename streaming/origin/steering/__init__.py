"""Content steering: which of several edges a player fetches media from (draft-pantos-hls-rfc8216bis-20 §7)."""
