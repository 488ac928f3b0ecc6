"""nginx with the shipped template in front of live servers."""

from pathlib import Path

from server.local_stack import Nginx, render
from tests.support.servers.live_server import LiveServer

TEMPLATE = Path(__file__).parents[3] / "nginx" / "nginx.conf.template"


def nginx_before(server: LiveServer, *others: LiveServer, port: int, **more: str) -> Nginx:
    """An edge on a port of this machine, not started yet; ``more`` are variables of the template."""
    settings = server.settings()
    variables = {
        "ANI_LISTEN": f"127.0.0.1:{port}",
        "ANI_UPSTREAM": f"127.0.0.1:{server.port}",
        "ANI_RESOLVER": "127.0.0.1",
        "ANI_MEDIA_DIR": str(settings.media_dir),
        "ANI_GRANTS_DIR": str(settings.grants_dir),
        "ANI_EDGE_SECRET": settings.edge_secret.get_secret_value(),
        "ANI_RUN_DIR": ".",
        "ANI_WORKERS": "1",
        **more,
    }
    configuration = render(TEMPLATE.read_text(), variables)
    # What a name with several addresses becomes.
    line = next(line for line in configuration.splitlines() if f"server 127.0.0.1:{server.port} " in line)
    lines = [line.replace(f":{server.port} ", f":{other.port} ") for other in others]
    return Nginx(configuration.replace(line, "\n".join([line, *lines])), port=port)
