"""The fan-out on the hooks of python-socketio, python-engineio and aiohttp."""
