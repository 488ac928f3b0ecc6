"""Votes of many people as few transactions, and marks against repetition."""
