"""Watch folder: video files that lie in a folder become the videos of the episodes that they name.

Rather none than wrong: what is not certain is left where it is, and said why.
"""
