"""What promos and ads share, and the features put together."""

import streaming.ads.exemptions.feature
import streaming.ads.linear.feature
import streaming.ads.promos.feature
from kernel.feature import Feature, Process
from streaming.ads.audience import ViewerKeys
from streaming.ads.tickets import TicketOffice
from streaming.origin.access.token import Keyring


def declare(process: Process, keyring: Keyring) -> Feature:
    """Tickets and viewers' names are made with keys of their own; ``keyring`` signs streams."""
    office = TicketOffice(process.derive_keys("ad-tickets"))
    # The last key is the oldest: while it is kept, a viewer keeps their name, and caps go on counting.
    viewers = ViewerKeys(process.derive_keys("ad-viewers")[-1])
    return Feature.merged(
        [
            Feature(ports={TicketOffice: lambda _: office, ViewerKeys: lambda _: viewers}),
            streaming.ads.promos.feature.FEATURE,
            streaming.ads.exemptions.feature.FEATURE,
            streaming.ads.linear.feature.declare(keyring),
        ]
    )
