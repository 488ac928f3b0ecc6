"""How long texts in moderation may be, and how many there may be."""

from typing import Final

TITLE_MAX: Final = 255
"""Characters of what a proposal or a report is about: the name of a release, as its column holds it."""

NOTE_MAX: Final = 2_000
"""Characters of a reason or an explanation; a paragraph with a link or two."""

COMMENT_MAX: Final = 2_000
"""Characters of a comment; as of a note."""

COMMENTS_MAX: Final = 200
"""On one proposal; what needs more words needs another place."""
