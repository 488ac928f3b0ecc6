"""What people keep: how far they have watched, and what follows from that.

Pure: ``model progress``.
"""
