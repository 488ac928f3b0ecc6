"""ffmpeg, ffprobe and the packager: their command lines, filter graphs, processes and error messages."""
