"""Other people's ads: what their servers answer (IAB Tech Lab, Video Ad Serving Template 2.0 to 4.2), followed to the end."""
