"""Schedules over HTTP and on both databases."""
