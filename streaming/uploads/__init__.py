"""Resumable uploads of video (tus 1.0.0): an editor's file, received in pieces and handed to ingest."""
