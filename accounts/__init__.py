"""People: who they are (``identity``) and what they keep (``library``)."""
