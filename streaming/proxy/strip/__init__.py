"""The playlist without its ads: which segments go, how the rest is numbered, written and checked.  Pure."""
