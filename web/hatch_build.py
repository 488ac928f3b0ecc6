"""Hatchling's hook: a wheel carries the built web client; an editable installation serves `web/dist` from the checkout."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebClient(BuildHookInterface[Any]):
    """Adds the built client to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        built = Path(self.root, "web", "dist")
        if not (built / "index.html").exists():
            raise FileNotFoundError("the web client is not built: use `make wheel`")
        build_data["force_include"][str(built)] = "server/webclient"
