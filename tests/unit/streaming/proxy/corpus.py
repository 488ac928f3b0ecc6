"""Public playlists, a sample here and more where a folder lies beside the checkout, and words to build playlists from."""

from functools import cache
from pathlib import Path

SAMPLE = Path(__file__).parents[3] / "fixtures" / "playlists"
CORPUS = Path(__file__).parents[5] / "shared" / "data" / "hls" / "files"


@cache
def files() -> tuple[Path, ...]:
    """Every playlist there is, each once: the corpus holds the sample as well."""
    found = {path.name: path for folder in (SAMPLE, CORPUS) for path in folder.glob("*.m3u8")}
    return tuple(path for _, path in sorted(found.items()))


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
