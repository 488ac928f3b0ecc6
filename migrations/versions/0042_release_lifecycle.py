"""Delete releases softly, publish them on time, block them, and say how far they have come out"""

import sqlalchemy as sa
from alembic import op

from kernel.db import UtcDateTime

revision = "0042_release_lifecycle"
down_revision = "0041_library_sharing"
branch_labels = None
depends_on = None

_AIRING = sa.Enum(
    "announced", "ongoing", "paused", "finished", "cancelled", name="airingstatus", native_enum=False, length=20
)
_STATUS = sa.Enum("draft", "published", name="status", native_enum=False, length=20)


def upgrade() -> None:
    # Column by column and not in a batch: SQLite would make the table anew, and drop the old one with all that refers to it.
    op.add_column("release", sa.Column("airing_status", _AIRING, server_default="finished", nullable=False))
    op.execute("UPDATE release SET airing_status = 'ongoing' WHERE is_ongoing")
    op.execute("ALTER TABLE release DROP COLUMN is_ongoing")
    op.add_column("release", sa.Column("publish_at", UtcDateTime(), nullable=True))
    op.add_column("release", sa.Column("deleted_at", UtcDateTime(), nullable=True))
    op.add_column("release", sa.Column("deleted_alias", sa.String(length=80), nullable=True))
    op.add_column("release", sa.Column("deleted_status", _STATUS, nullable=True))
    op.add_column("release", sa.Column("blocked_regions", sa.String(length=747), server_default="", nullable=False))
    op.add_column("release", sa.Column("blocked_by_copyright", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_release_deleted_at", "release", ["deleted_at"], unique=False)
    op.create_index("ix_release_publish_at", "release", ["publish_at"], unique=False)
    op.add_column("stream_session", sa.Column("region", sa.String(length=2), nullable=True))


def downgrade() -> None:
    # What was deleted is deleted there: 0.1 would show it as a draft under a strange alias.
    op.execute("DELETE FROM release WHERE deleted_at IS NOT NULL")
    op.drop_column("stream_session", "region")
    op.drop_index("ix_release_publish_at", table_name="release")
    op.drop_index("ix_release_deleted_at", table_name="release")
    op.add_column("release", sa.Column("is_ongoing", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE release SET is_ongoing = (airing_status = 'ongoing')")
    for column in (
        "blocked_by_copyright",
        "blocked_regions",
        "deleted_status",
        "deleted_alias",
        "deleted_at",
        "publish_at",
        "airing_status",
    ):
        op.execute(f"ALTER TABLE release DROP COLUMN {column}")
