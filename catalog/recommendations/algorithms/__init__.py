"""What is worked out from likes and labels: numbers in, numbers out.  Pure."""
