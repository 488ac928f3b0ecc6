"""Where Ani keeps what it knows: the data folder, the database, Valkey or Redis."""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings
from sqlalchemy.exc import ArgumentError

from kernel.db import async_url


class DataSettings(BaseSettings):
    """Data and its places."""

    data_dir: Path = Field(Path("data"), description="Folder for the embedded database, media and uploads.")
    database_url: str = Field(
        "", description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME. Empty: DATA_DIR/ani.sqlite3."
    )
    redis_url: str = Field(
        "",
        description="redis://HOST:PORT/0 of Valkey or Redis, for several processes. Empty: everything in this process.",
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value:
            try:
                async_url(value)
            except ArgumentError:
                raise ValueError("is not a database address like postgresql://ani:secret@127.0.0.1/ani") from None
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://", "valkey://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value.replace("valkey://", "redis://", 1)

    @property
    def database(self) -> str:
        """The URL of the database: that of the settings, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'ani.sqlite3'}"

    @property
    def media_dir(self) -> Path:
        """Where published media lies."""
        return self.data_dir.resolve() / "media"

    @property
    def grants_dir(self) -> Path:
        """Where the edge finds the streams it may serve without asking."""
        return self.data_dir.resolve() / "grants"

    @property
    def uploads_dir(self) -> Path:
        """Where files that are being sent lie."""
        return self.data_dir.resolve() / "uploads"

    @property
    def recordings_dir(self) -> Path:
        """Where recordings of live channels lie."""
        return self.data_dir.resolve() / "recordings"

    @property
    def live_dvr_dir(self) -> Path:
        """Where processes keep what viewers of live channels may seek back to."""
        return self.data_dir.resolve() / "live-dvr"

    @property
    def search_index_path(self) -> Path:
        """Where the index of names is kept between starts; it may be deleted at any time."""
        return self.data_dir.resolve() / "search" / "names.npz"
