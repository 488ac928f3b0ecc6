"""What a ``User-Agent`` header says to a person: which browser, on what kind of device."""

from typing import Final

# The first that occurs wins: nearly every browser claims to be several of those that come after it.
_BROWSERS: Final = (
    ("YaBrowser/", "Yandex Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("curl/", "curl"),
    ("python-requests/", "Python"),
    ("aiohttp/", "Python"),
    ("okhttp/", "Android app"),
)
_DEVICES: Final = (
    ("Web0S", "LG TV"),
    ("Tizen", "Samsung TV"),
    ("BRAVIA", "Sony TV"),
    ("Android TV", "Android TV"),
    ("PlayStation", "PlayStation"),
    ("Xbox", "Xbox"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> str | None:
    """The browser or program, ``None`` for one we do not know."""
    return next((name for mark, name in _BROWSERS if mark in user_agent), None)


def device_of(user_agent: str) -> str | None:
    """The device or operating system, ``None`` for one we do not know."""
    return next((name for mark, name in _DEVICES if mark in user_agent), None)
