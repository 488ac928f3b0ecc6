"""Slates: short films of the programme's stream format that stand in for ads."""
