"""What lies in the storage of videos, for administrators and `ani storage`."""
