"""What the votes on a release come to."""
