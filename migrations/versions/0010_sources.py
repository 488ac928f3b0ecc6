"""Add registered video sources"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0010_sources"
down_revision = "0009_library"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "video_sources",
        sa.Column("id", Id(), nullable=False),
        sa.Column("episode_id", Id(), nullable=False),
        sa.Column("settings", Json(), nullable=False),
        sa.Column("sealed_headers", sa.Text(), nullable=False),
        sa.Column("findings", Json(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_sources")),
        sa.UniqueConstraint("episode_id", name=op.f("uq_video_sources_episode_id")),
    )


def downgrade() -> None:
    op.drop_table("video_sources")
