"""Run PostgreSQL and Valkey until Ctrl-C, and print how to point Ani at them."""

import asyncio
import signal
import sys

from server.local_stack import Postgres, ProgramMissing, ServiceFailed, Valkey


async def _serve() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with Postgres() as postgres, Valkey() as valkey:
        await postgres.create_database("ani")
        sys.stdout.write(
            "PostgreSQL and Valkey run until Ctrl-C; their data goes with them. In another terminal:\n\n"
            f"  export ANI_DATABASE_URL={postgres.url('ani')}\n"
            f"  export ANI_REDIS_URL={valkey.url}\n"
            "  make run\n\n"
        )
        sys.stdout.flush()
        await stop.wait()


def main() -> int:
    try:
        asyncio.run(_serve())
    except (ProgramMissing, ServiceFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
