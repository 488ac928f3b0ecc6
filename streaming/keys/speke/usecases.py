"""Which keys a packager gets."""

from collections.abc import Mapping
from datetime import datetime

from streaming.keys.model import ContentKey
from streaming.keys.packagers.model import Packager
from streaming.keys.speke.cpix import CpixRequest
from streaming.keys.speke.model import PackagerKeysSent
from streaming.keys.usecases import ContentKeys


def stored_content_id(content_id: str) -> str:
    """What the store calls the content of an outside packager: never what it calls one of ours, whose keys are not for them."""
    return f"speke:{content_id}"


async def keys_for(
    request: CpixRequest, packager: Packager, *, keys: ContentKeys, now: datetime
) -> Mapping[str, ContentKey]:
    """The keys of a request by their ids, made at the first one for them; the same ever after, whichever packager asks.

    Written down, with who got them.
    """
    content_id = stored_content_id(request.content_id)
    found = {
        wanted.kid: await keys.get_or_make_for_kid(content_id, wanted.kid, wanted.track_class)
        for wanted in request.keys
    }
    packager.used(now)
    packager.record(
        PackagerKeysSent(at=now, packager_id=packager.id, content_id=request.content_id, key_ids=tuple(found))
    )
    return found
