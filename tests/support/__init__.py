"""What tests share: a real server in a subprocess, databases, clips, a browser."""
