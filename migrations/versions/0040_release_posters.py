"""Add uploaded posters of releases"""

import sqlalchemy as sa
from alembic import op

from kernel.db import UtcDateTime

revision = "0040_release_posters"
down_revision = "0039_import_rules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "poster_file",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_poster_file")),
    )
    with op.batch_alter_table("poster_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poster_file_noted_at"), ["noted_at"], unique=False)

    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.add_column(sa.Column("adopted_poster_url", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("poster_key", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("poster_width_px", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("poster_height_px", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("poster_preview", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_release_poster_key"), ["poster_key"], unique=False)
    # What there was until now was taken from an episode.
    op.execute("UPDATE release SET adopted_poster_url = poster_url")


def downgrade() -> None:
    op.execute("UPDATE release SET poster_url = adopted_poster_url WHERE poster_key IS NOT NULL")
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_poster_key"))
        batch_op.drop_column("poster_preview")
        batch_op.drop_column("poster_height_px")
        batch_op.drop_column("poster_width_px")
        batch_op.drop_column("poster_key")
        batch_op.drop_column("adopted_poster_url")

    with op.batch_alter_table("poster_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poster_file_noted_at"))

    op.drop_table("poster_file")
