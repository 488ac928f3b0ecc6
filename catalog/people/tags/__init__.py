"""Tags, and how much a release is about each."""
