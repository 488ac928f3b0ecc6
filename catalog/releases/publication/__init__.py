"""When viewers see a release: published by hand or at a time, and unpublished."""
