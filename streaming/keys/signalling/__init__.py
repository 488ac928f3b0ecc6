"""How protected media tell players which key they need: PSSH boxes, PlayReady objects, HLS tags and MPD elements.  Pure."""
