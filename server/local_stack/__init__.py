"""The outside services for development and tests: PostgreSQL, Valkey, nginx and SeaweedFS, each in a throw-away folder.

Every program is the system's if it is installed and comes from a wheel of the `stack` dependency group otherwise, so
nothing has to be set up by hand. Nothing here is meant for production: the databases trade safety for speed
(`fsync=off`) and vanish when they are stopped.

`python -m server.local_stack` runs PostgreSQL and Valkey until Ctrl-C and prints the `ANI_*` lines that point Ani at them.
"""

from server.local_stack.nginx import Nginx, render
from server.local_stack.postgres import Postgres
from server.local_stack.programs import ProgramMissing
from server.local_stack.seaweedfs import SeaweedFS
from server.local_stack.service import ServiceFailed
from server.local_stack.valkey import Valkey

__all__ = ["Nginx", "Postgres", "ProgramMissing", "SeaweedFS", "ServiceFailed", "Valkey", "render"]
