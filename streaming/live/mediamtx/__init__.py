"""Publishers and viewers sent to a MediaMTX, with tokens of ours that it believes."""
