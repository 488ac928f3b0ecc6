"""What exemptions bind for themselves."""

from kernel.feature import Feature
from streaming.ads.exemptions import routes
from streaming.ads.exemptions.repository import SqlAdExemptions
from streaming.ads.exemptions.usecases import AdExemptions
from streaming.ads.usecases import Exempted

FEATURE = Feature(
    ports={
        AdExemptions: lambda scope: SqlAdExemptions(scope.uow),
        Exempted: lambda scope: SqlAdExemptions(scope.uow),
    },
    routers=[routes.router],
)
