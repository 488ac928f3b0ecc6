"""Where the ``ani`` program begins."""

import gc


def main() -> None:
    """Load the program, then do what the command line says.

    The collector rests meanwhile: of the modules nothing goes away again, and looking at them over and over is a fifth of the
    time it takes to load them.
    """
    gc.disable()
    from server.cli import main as run

    gc.enable()
    gc.freeze()
    run()
