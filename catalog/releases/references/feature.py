"""What reference lists bind for themselves."""

from catalog.releases.references import routes
from kernel.feature import Feature

FEATURE = Feature(routers=[routes.router])
