"""Add subtitles that people give episodes"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0022_subtitles"
down_revision = "0021_append_only"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subtitle",
        sa.Column("id", Id(), nullable=False),
        sa.Column("episode_id", Id(), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("sdh", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_subtitle_episode_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_subtitle_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subtitle")),
        sa.UniqueConstraint("episode_id", "language", "label", name=op.f("uq_subtitle_episode_id_language_label")),
    )
    with op.batch_alter_table("subtitle", schema=None) as batch_op:
        batch_op.create_index("ix_subtitle_release_id", ["release_id"], unique=False)


def downgrade() -> None:
    op.drop_table("subtitle")
