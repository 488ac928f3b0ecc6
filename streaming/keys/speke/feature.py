"""What the key server for packagers serves."""

from kernel.feature import Feature
from streaming.keys.speke import routes

FEATURE = Feature(routers=[routes.router])
