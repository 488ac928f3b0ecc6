"""Content steering of DASH (ETSI TS 103 998): a manifest that names the edges, and who says which of them to use.  Pure."""

from typing import Final
from xml.sax.saxutils import escape, quoteattr

from streaming.origin.steering.model import Pathways

_PERIOD: Final = "<Period"


def steered(manifest: str, pathways: Pathways, *, origin: str, folder: str) -> str:
    """The packager's ``manifest`` with a ``BaseURL`` for each of ``pathways``, and ``ContentSteering`` where there is a choice.

    ``origin`` is where this server is, without a slash at the end, and ``folder`` where the manifest lies on it: what has no
    address of its own is there.  A manifest without a period comes back as it is.
    """
    head, period, rest = manifest.partition(_PERIOD)
    if not period:
        return manifest
    # ISO/IEC 23009-1 §5.3.1.2: a BaseURL of the whole stands before the first period.
    lines = [
        f"<BaseURL serviceLocation={quoteattr(entry.name)}>{escape(entry.base or f'{origin}{folder}/')}</BaseURL>"
        for entry in pathways.entries
    ]
    if pathways.are_steered:
        # §5.2 there: asked once it plays, for the best one is named here.
        first = quoteattr(pathways.entries[0].name)
        uri = escape(f"{origin}{pathways.server_uri}&dash=1")
        lines.append(
            f'<ContentSteering defaultServiceLocation={first} queryBeforeStart="false">{uri}</ContentSteering>'
        )
    return head + "".join(f"{line}\n  " for line in lines) + period + rest
