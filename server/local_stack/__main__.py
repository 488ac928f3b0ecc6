"""Run PostgreSQL and Valkey until Ctrl-C, and print how to point Ani at them."""

import asyncio
import secrets
import shlex
import signal
import sys

from server.local_stack import Postgres, ProgramMissing, ServiceFailed, Valkey


def guide(database_url: str, redis_url: str, secret_key: str) -> str:
    """What to type to run Ani on these services."""
    settings = {
        "ANI_DATABASE_URL": database_url,
        "ANI_REDIS_URL": redis_url,
        "ANI_SECRET_KEY": secret_key,  # all processes need the same
        "ANI_EMBEDDED_WORKER": "true",  # or `ani worker` in a terminal of its own
    }
    exports = "".join(f"  export {name}={shlex.quote(value)}\n" for name, value in settings.items())
    return (
        "PostgreSQL and Valkey run until Ctrl-C; their data goes with them. In another terminal:\n\n"
        f"{exports}  make run\n\n"
        "A second process in a third terminal, with the same exports: .venv/bin/ani serve --port 8081\n"
    )


async def _serve() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with Postgres() as postgres, Valkey() as valkey:
        await postgres.create_database("ani")
        sys.stdout.write(guide(postgres.url("ani"), valkey.url, secrets.token_hex(32)))
        sys.stdout.flush()
        await stop.wait()


def main() -> int:
    """Run the services until stopped; returns the exit code."""
    try:
        asyncio.run(_serve())
    except (ProgramMissing, ServiceFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
