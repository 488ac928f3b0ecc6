"""In-app notifications: what a person would want to be told, kept until they read it or it is old."""
