"""The folder of public playlists that may lie beside the checkout, and the words to build playlists from in tests."""

from functools import cache
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[5] / "shared" / "data" / "hls"


@cache
def files() -> tuple[Path, ...]:
    """Every playlist of the corpus; the test is skipped, and says so, where there is none."""
    found = tuple(sorted((CORPUS / "files").glob("*.m3u8")))
    if not found:
        pytest.skip(f"the corpus of public playlists is not at {CORPUS}")
    return found


def media(body: str, *, msn: int | None = None, vod: bool = False, target: int = 10) -> bytes:
    """A media playlist around ``body``; each line ``12 name.ts`` in it stands for an EXTINF and an address."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", f"#EXT-X-TARGETDURATION:{target}"]
    lines += [f"#EXT-X-MEDIA-SEQUENCE:{msn}"] if msn is not None else []
    for line in body.strip().splitlines():
        text = line.strip()
        duration, _, address = text.partition(" ")
        if not text.startswith("#") and address:
            lines += [f"#EXTINF:{duration},", address]
        else:
            lines.append(text)
    lines += ["#EXT-X-ENDLIST"] if vod else []
    return ("\n".join(lines) + "\n").encode()
