"""What of the media files talks to aiohttp."""
