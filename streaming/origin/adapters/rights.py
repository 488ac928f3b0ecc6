"""What keys need to know of streams."""

from typing_extensions import override

from kernel.scope import Scope
from streaming.keys.usecases import ClaimedStream, EntitledStream, StreamRights
from streaming.origin import usecases
from streaming.origin.access.token import Caps, Keyring, StreamToken, verify


class TokenRights(StreamRights):
    """Streams by their tokens, behind the ``StreamRights`` port."""

    def __init__(self, scope: Scope, keyring: Keyring) -> None:
        self._scope = scope
        self._keyring = keyring

    @override
    def claimed(self, token: str) -> ClaimedStream:
        said = verify(token, self._keyring, now_s=self._scope.clock.now_ms() / 1000)
        return ClaimedStream(said.session_id, said.asset_id, said.caps.max_height_px)

    @override
    async def entitled(self, claimed: ClaimedStream, *, region: str | None) -> EntitledStream:
        token = StreamToken(claimed.session_id, claimed.asset_id, 0, Caps(claimed.max_height_px))
        stream = await usecases.continuing(usecases.Context.of(self._scope), token, region=region)
        return EntitledStream(
            session_id=stream.session.id,
            asset_id=stream.asset.asset_id,
            episode_id=stream.session.episode_id,
            user_id=stream.session.user_id,
            max_height_px=stream.caps.max_height_px,
            protection=stream.asset.protection,
        )
