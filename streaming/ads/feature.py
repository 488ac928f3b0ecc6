"""What promos and ads share, and the features put together."""

from collections.abc import Sequence

import streaming.ads.creatives.feature
import streaming.ads.exemptions.feature
import streaming.ads.linear.feature
import streaming.ads.promos.feature
from kernel.feature import Feature, Process
from streaming.ads.audience import ViewerKeys
from streaming.ads.tickets import TicketOffice
from streaming.ads.vast.adapters.client import AdClient
from streaming.origin.access.token import Keyring


def declare(process: Process, keyring: Keyring, networks: Sequence[str] = ()) -> Feature:
    """Tickets and viewers' names are made with keys of their own; ``keyring`` signs streams.

    ``networks``: private networks, in CIDR notation, that ad servers may be in.
    """
    client = AdClient(tuple(networks))
    office = TicketOffice(process.derive_keys("ad-tickets"))
    # The last key is the oldest: while it is kept, a viewer keeps their name, and caps go on counting.
    viewers = ViewerKeys(process.derive_keys("ad-viewers")[-1])
    return Feature.merged(
        [
            Feature(
                ports={TicketOffice: lambda _: office, ViewerKeys: lambda _: viewers, AdClient: lambda _: client},
                closers=[client.close],
            ),
            streaming.ads.promos.feature.FEATURE,
            streaming.ads.exemptions.feature.FEATURE,
            streaming.ads.linear.feature.declare(process, keyring, office, client),
            streaming.ads.creatives.feature.FEATURE,
        ]
    )
