"""Where the ``ani`` program begins."""

import gc


def main() -> None:
    """Do what the command line says.

    The collector rests until the program is loaded (see ``commands``): of the modules nothing goes away again, and looking at
    them over and over is a fifth of the time it takes to load them.
    """
    gc.disable()
    from server.cli.app import app

    app()
