"""What licences serve."""

from kernel.feature import Feature
from streaming.keys.licences import routes
from streaming.keys.licences.model import LicenceServers
from streaming.keys.licences.routes import LicenceDesk


def declare(servers: LicenceServers) -> Feature:
    """Licences of ``servers``; what is not among them is answered with the setting that names it."""
    desk = LicenceDesk(servers)
    return Feature(
        ports={LicenceServers: lambda _: servers},
        routers=[routes.router],
        mounts=[lambda app: routes.mount(app, desk)],
        closers=[desk.client.close],
    )
