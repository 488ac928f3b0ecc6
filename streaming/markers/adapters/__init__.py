"""How sound is read from what is published."""
