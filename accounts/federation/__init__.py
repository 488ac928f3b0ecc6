"""Signing in with an account somewhere else, by OpenID Connect.

``flow.py`` and ``claims.py`` are the rules, ``adapters/provider_client.py`` talks to the provider, ``adapters/id_token.py`` checks signatures.
"""
