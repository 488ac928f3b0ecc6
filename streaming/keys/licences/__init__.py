"""Licences of Widevine, PlayReady and FairPlay: checked here, made by a licence server that the operator names."""
