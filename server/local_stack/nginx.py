"""nginx in front of the server, from the same template that the container image uses."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from typing_extensions import override

from server.local_stack import programs
from server.local_stack.service import Service, accepts_connections

_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


def render(template: str, variables: Mapping[str, str]) -> str:
    """Fill `${NAME}` in, as the official nginx image does for /etc/nginx/templates; nginx's own `$name` is left alone.

    Raises KeyError for a variable that is not given: a typing mistake must not become an empty string.
    """
    return _VARIABLE.sub(lambda match: variables[match[1]], template)


class Nginx(Service):
    """An nginx with the given whole configuration text, ready when it listens on `port`.

    Relative paths in it (`ANI_RUN_DIR=.` of our template) are inside its temporary folder.
    """

    name = "nginx"

    def __init__(self, configuration: str, *, port: int) -> None:
        super().__init__()
        self.port = port
        self._configuration = self.folder / "nginx.conf"
        self._configuration.write_text(configuration)

    def check(self) -> None:
        """`nginx -t`. Raises ServiceFailed with what is wrong."""
        self.run([*self._arguments(), "-t"])

    @override
    def command(self) -> Sequence[str | Path]:
        return self._arguments()

    @override
    def ready(self) -> bool:
        return accepts_connections(self.port)

    def _arguments(self) -> list[str | Path]:
        # Started by root, the workers would be nobody, and could not read what root put into its temporary folders.
        more = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        # -p: relative paths and the temporary bodies live in our folder; -e: no log file of the build's own choice.
        return [programs.nginx(), "-p", self.folder, "-c", self._configuration, "-e", "stderr", "-g", more]
