"""What people do not want recommended, and find similar, goes along when a release is merged into another, and back again."""
