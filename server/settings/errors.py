"""What is said of settings that cannot be used."""

from kernel.errors import Invalid


class BadSettings(Invalid):
    """The settings cannot be used."""
