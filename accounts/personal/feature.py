"""What the copy of a person's data serves."""

from accounts.personal import routes
from kernel.feature import Feature

FEATURE = Feature(routers=[routes.router])
