"""Changes that people propose, what they say of them and what they report: asked of everybody, decided by moderators."""
