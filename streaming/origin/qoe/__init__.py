"""Quality of experience: how playback went for viewers, as their players report it (CMCD version 2, CTA-5004-B)."""
