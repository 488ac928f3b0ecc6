"""Franchises: releases that belong together, in which order to watch them, and how they are related."""
