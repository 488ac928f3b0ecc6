"""What content keys bind for themselves."""

from kernel.feature import Feature, Process
from kernel.secrets.encryption import SecretBox
from kernel.secrets.reencryption import Reencryption
from streaming.keys import routes
from streaming.keys.adapters.issuing import KeyDesk
from streaming.keys.repository import SealedKeys, SqlContentKeys
from streaming.keys.usecases import ContentKeys


def declare(process: Process, *, clearkey: bool) -> Feature:
    """The store, under keys derived from the secret key of the installation, and the desk that gives keys out.

    ``clearkey``: by way of ClearKey, too.
    """
    box = SecretBox(process.derive_keys("content-keys"))
    desk = KeyDesk(process.container, clearkey=clearkey)
    return Feature(
        ports={ContentKeys: lambda scope: SqlContentKeys(scope.uow, box, scope.clock)},
        routers=[routes.router, routes.key_router],
        reencryptions=[Reencryption("content keys", box, SealedKeys)],
        mounts=[lambda app: routes.mount(app, desk)],
    )
