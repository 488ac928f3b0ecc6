"""What somebody may like next, and what is similar to a release."""
