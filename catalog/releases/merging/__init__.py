"""Two releases that are one work become one, and two again where that was wrong."""
