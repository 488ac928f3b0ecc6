"""People: who they are (``identity``), whom they work with (``teams``) and what they keep (``library``)."""
