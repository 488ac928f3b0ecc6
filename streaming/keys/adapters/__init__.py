"""Adapters of content keys: the routes' audit trail."""
