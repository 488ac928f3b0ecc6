"""What the operator itself shows beside and before videos: promos on pages, and linear ads (VAST) in the stream."""
