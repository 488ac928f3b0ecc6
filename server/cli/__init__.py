"""The ``ani`` command."""
