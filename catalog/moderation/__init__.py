"""Changes that people propose, and what they report: asked of everybody, decided by moderators."""
