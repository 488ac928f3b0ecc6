"""Fragmented MP4 (ISO/IEC 14496-12) as far as live parts need it.  Pure."""
