"""Secrets at rest: encrypted values, changing their key, files for the owner alone."""
