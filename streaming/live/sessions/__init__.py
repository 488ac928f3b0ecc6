"""WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep-03): sessions of publishers and viewers over HTTP."""
