"""What those who work on the catalogue did, under their name: for the copy of their data, and for when they are gone."""
