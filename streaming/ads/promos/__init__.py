"""Promos: what the operator recommends on its own pages, when, to whom, and how often it was seen."""
