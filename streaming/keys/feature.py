"""What content keys bind for themselves."""

from kernel.feature import Feature, Process
from kernel.secrets.encryption import SecretBox
from kernel.secrets.reencryption import Reencryption
from streaming.keys.repository import SealedKeys, SqlContentKeys
from streaming.keys.usecases import ContentKeys


def declare(process: Process) -> Feature:
    """The store, under keys derived from the secret key of the installation."""
    box = SecretBox(process.derive_keys("content-keys"))
    return Feature(
        ports={ContentKeys: lambda scope: SqlContentKeys(scope.uow, box, scope.clock)},
        reencryptions=[Reencryption("content keys", box, SealedKeys)],
    )
