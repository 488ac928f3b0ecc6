"""What people keep of a release goes along when it is merged into another, and back again."""
