"""What sources say of works, in one shape, and how each source says it."""
