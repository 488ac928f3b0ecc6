"""Accounts, passwords, sessions and roles.

Pure: ``model names passwords``.  The verbs are in ``usecases`` (signing in and out) and ``admin`` (what an operator does).
"""
