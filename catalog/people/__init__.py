"""Who made a release and what it is about: people with credits, studios, tags."""
