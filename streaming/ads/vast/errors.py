"""Error codes of VAST 4.2 §2.3.6.3, as far as they come up here.  Pure."""

from enum import IntEnum


class VastError(IntEnum):
    """Why an ad is not shown, as its server is told."""

    XML = 100
    """No document that can be read."""
    VERSION = 102
    LINEARITY = 201
    """There is no linear creative."""
    DURATION = 202
    CATEGORY = 205
    BREAK_SHORTENED = 206
    """There was more for one break than a viewer is asked to watch."""
    WRAPPER = 300
    """An address that may not be asked, an answer that is none."""
    WRAPPER_TIMEOUT = 301
    WRAPPER_LIMIT = 302
    NO_AD = 303
    MEDIA_NOT_FOUND = 401
    MEDIA_UNSUPPORTED = 403
    PLAYBACK = 405
    MEDIA_BEING_FETCHED = 407
    """The video is being fetched and made ready; it is shown from then on."""
    CONDITIONAL = 408
    MEDIA_UNFIT = 411
    """It was fetched, and is none that can be shown."""
    UNDEFINED = 900


class AdRefused(Exception):
    """There is no ad here, because of ``code``.  Never reaches viewers."""

    def __init__(self, code: VastError) -> None:
        super().__init__(code.name)
        self.code = code
