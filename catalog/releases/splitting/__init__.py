"""Episodes of a release that are another work become a release of their own, and come back where that was wrong."""
