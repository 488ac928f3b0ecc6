"""The ``ani`` command: what can be asked of it. What it then does is in ``commands``.

Each command loads the program when it is called, so that ``ani --help`` answers at once.
"""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Group, Parameter

from kernel.access import Role

app = App(
    name="ani",
    help="Watch videos together, in step. Start with: [bold]ani serve --demo[/bold]",
    help_format="rich",
    version=lambda: version("ani-server"),
)
user_app = App(name="user", help="See and change who may do what.")
app.command(user_app)
keys_app = App(name="keys", help="See and change the secret keys that sign tokens, invites and streams.")
app.command(keys_app)
packager_app = App(name="packager", help="Let outside packagers ask for content keys (SPEKE), and no longer.")
app.command(packager_app)
shared = Group("Settings (also ANI_* in the environment or .env)")

Who = Annotated[str, Parameter(help="Their nickname, e-mail address or id.")]
DataDir = Annotated[Path | None, Parameter(help="Folder for database, media and uploads.", group=shared)]


@app.command
def serve(
    *,
    host: Annotated[str | None, Parameter(help="Address to listen on.", group=shared)] = None,
    port: Annotated[int | None, Parameter(help="Port to listen on.", group=shared)] = None,
    data_dir: DataDir = None,
    demo_content: Annotated[
        bool,
        Parameter(
            name="--demo", negative="", show_default=False, help="Make something to watch if the catalogue is empty."
        ),
    ] = False,
) -> None:
    """Start the server: API, streams, parties and the web client."""
    from server.cli import commands

    commands.serve(with_demo=demo_content, host=host, port=port, data_dir=data_dir)


@app.command
def worker(*, data_dir: DataDir = None) -> None:
    """Do background jobs (making uploads ready to stream) without serving anything."""
    from server.cli import commands

    commands.worker(data_dir)


@app.command
def migrate(
    *,
    to: Annotated[str, Parameter(help='The step to go to; "head" is the newest, "base" an empty database.')] = "head",
    down: Annotated[
        bool, Parameter(negative="", show_default=False, help="Go back to that step. Drops what newer steps hold.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Bring the database to this version of Ani; `ani serve` does so by itself."""
    from server.cli import commands

    commands.migrate(to, down=down, data_dir=data_dir)


@app.command
def ingest(
    file: Annotated[Path, Parameter(help="A video file: MP4, MKV, WebM, MOV …")],
    /,
    *,
    episode: Annotated[str, Parameter(help="The id of the episode it belongs to (see its address in the browser).")],
    subtitles: Annotated[
        list[Path] | None,
        Parameter(
            negative="",
            consume_multiple=True,
            help="Subtitle files (.srt, .vtt, .ass), several at once or one a time, besides those next to the video.",
        ),
    ] = None,
    protect: Annotated[
        Literal["none", "aes-128", "cbcs", "cenc"] | None,
        Parameter(
            help="How to encrypt it; without this as ANI_PROTECTION says. A video that is there already is packaged anew, not encoded again."
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a video ready to stream, and attach it to an episode."""
    from server.cli import commands
    from streaming.keys.model import Protection

    commands.ingest(file, episode, subtitles or [], data_dir, protect=None if protect is None else Protection(protect))


@app.command(name="import")
def import_(
    source: Annotated[str, Parameter(help="What it is called, or a kind: bangumi-data.")],
    file: Annotated[Path | None, Parameter(help="The file to read, plain or packed by gzip.")] = None,
    /,
    *,
    dry_run: Annotated[
        bool, Parameter(negative="", show_default=False, help="Change nothing; show what would be changed.")
    ] = False,
    publish: Annotated[
        bool, Parameter(negative="", show_default=False, help="Show new releases to viewers at once.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Fill the catalogue from another one. Interrupted, the same command goes on; a second time it changes nothing."""
    from server.cli import commands

    commands.run_import(source, file, data_dir, dry=dry_run, publish=publish)


@app.command
def demo(
    *,
    catalogue: Annotated[
        Path | None, Parameter(help="The data.json of bangumi-data, plain or packed by gzip: thousands of real titles.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Fill an empty catalogue with a few clips made on the spot, and with real titles to look around in."""
    from server.cli import commands

    commands.demo(catalogue, data_dir)


@app.command
def backup(
    folder: Annotated[Path, Parameter(help="A folder that does not exist yet, or is empty.")],
    /,
    *,
    media: Annotated[
        bool, Parameter(show_default=False, help="Leave the media out, where something else backs them up.")
    ] = True,
    data_dir: DataDir = None,
) -> None:
    """Copy database, secret key and media into a folder, while the server runs."""
    from server.cli import commands

    commands.make_backup(folder, data_dir, with_media=media)


@app.command
def restore(folder: Annotated[Path, Parameter(help="What `ani backup` made.")], /, *, data_dir: DataDir = None) -> None:
    """Put a backup into an empty installation, before its first start."""
    from server.cli import commands

    commands.restore_backup(folder, data_dir)


@user_app.command(name="list")
def user_list(
    *,
    search: Annotated[str, Parameter(show_default=False, help="Part of a nickname or e-mail address.")] = "",
    data_dir: DataDir = None,
) -> None:
    """List users, newest first."""
    from server.cli import commands

    commands.user_list(search, data_dir)


@user_app.command(name="role")
def user_role(
    who: Who, role: Annotated[Role, Parameter(help="What they are from now on.")], /, *, data_dir: DataDir = None
) -> None:
    """Give a user another role: user, editor, moderator or admin."""
    from server.cli import commands

    commands.user_role(who, role, data_dir)


@user_app.command(name="password")
def user_password(who: Who, /, *, data_dir: DataDir = None) -> None:
    """Set a user's password (asked for, or read from standard input) and end their sessions."""
    from server.cli import commands

    commands.user_password(who, data_dir)


@keys_app.command(name="list")
def keys_list(*, data_dir: DataDir = None) -> None:
    """List the keys that are believed. The first signs."""
    from server.cli import commands

    commands.keys_list(data_dir)


@keys_app.command(name="rotate")
def keys_rotate(*, data_dir: DataDir = None) -> None:
    """Make a new key that signs from the next start on. Nobody is signed out: the former key is still believed."""
    from server.cli import commands

    commands.keys_rotate(data_dir)


@keys_app.command(name="retire")
def keys_retire(
    *,
    at_once: Annotated[
        bool,
        Parameter(
            name="--all",
            negative="",
            show_default=False,
            help="All, also those that valid links are signed with: a key got out.",
        ),
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Remove former keys that were replaced over 90 days ago, and so have nothing valid left to their name."""
    from server.cli import commands

    commands.keys_retire(at_once=at_once, data_dir=data_dir)


@packager_app.command(name="list")
def packager_list(*, data_dir: DataDir = None) -> None:
    """List the packagers, and when each asked last."""
    from server.cli import commands

    commands.packager_list(data_dir)


@packager_app.command(name="add")
def packager_add(
    name: Annotated[str, Parameter(help="Which program it is, for people: MediaPackage.")],
    /,
    *,
    data_dir: DataDir = None,
) -> None:
    """Make a token for a packager; it is shown once."""
    from server.cli import commands

    commands.packager_add(name, data_dir)


@packager_app.command(name="revoke")
def packager_revoke(
    packager: Annotated[str, Parameter(help="Its id, from `ani packager list`.")], /, *, data_dir: DataDir = None
) -> None:
    """Refuse a packager's token from now on. Keys it was given stay valid."""
    from server.cli import commands

    commands.packager_revoke(packager, data_dir)
