"""Ad-stripping proxy for registered HLS sources: pure playlist surgery, and the careful fetching around it."""
