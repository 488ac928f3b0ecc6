"""What the use cases of subtitles need, from the rest of the process."""
