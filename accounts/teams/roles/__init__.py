"""The roles of a team and who may change them."""
