"""Signing in with an account somewhere else, by OpenID Connect.

``flow.py`` and ``claims.py`` are the rules, ``provider.py`` talks to the provider, ``id_token.py`` checks signatures.
"""
