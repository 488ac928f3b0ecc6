"""Proposals: changes of the catalogue that somebody asks for and somebody else decides on."""
