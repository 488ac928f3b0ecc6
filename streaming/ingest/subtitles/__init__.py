"""Subtitle files: their bytes, their formats (SRT, WebVTT, ASS/SSA), their names, and the WebVTT we make of them.  Pure.

Every reader here goes through its text once: what somebody sends may be built to take long.
"""
