"""Posters of releases: uploaded, kept in several widths, or made of the title."""
