"""What added subtitles do for other rooms."""
