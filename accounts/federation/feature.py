"""What signing in with accounts of other sites binds for itself."""

from collections.abc import Sequence

from accounts.federation import routes
from accounts.federation.adapters.flow_cookie import FlowCookie
from accounts.federation.adapters.provider_client import ProviderClient
from accounts.federation.model import Provider
from accounts.federation.repository import SqlLinkedIdentities
from accounts.federation.routes import OpenIdConnect
from accounts.federation.usecases import LinkedIdentities
from kernel.feature import Feature, Process


def declare(process: Process, providers: Sequence[Provider]) -> Feature:
    """OpenID Connect with ``providers``, in the order that the sign-in page offers them."""
    cookie = FlowCookie(process.derive_keys("oidc-flow"), process.public_url)
    oidc = OpenIdConnect(providers, ProviderClient(), cookie, process.cache, process.public_url)
    return Feature(
        ports={LinkedIdentities: lambda scope: SqlLinkedIdentities(scope.uow), OpenIdConnect: lambda _: oidc},
        routers=[routes.router],
    )
