"""How processes tell each other on the bus which releases changed."""

from typing import Final

CHANNEL: Final = "release-names"
ALL: Final = "*"
"""In place of a release: too many changed to name them, in what the catalogue is listed by."""
