"""Tracks of a published video: sound added later, tracks renamed, flagged or taken away, and no picture encoded again."""
