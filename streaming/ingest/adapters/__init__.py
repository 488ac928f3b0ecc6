"""What draws or decodes pictures with a library: Pillow and PyAV."""
