"""What the administration of accounts serves."""

from accounts.identity.admin import routes
from kernel.feature import Feature

FEATURE = Feature(routers=[routes.router])
