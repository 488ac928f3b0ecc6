"""Add calendars and airings told"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0038_calendars"
down_revision = "0037_franchises"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "airing_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("announced_until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airing_mark")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", Id(), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feed_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_user_id"), ["user_id"], unique=False)

    op.create_table(
        "told_episodes",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("ordinal", sa.Float(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_told_episodes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "release_id", "ordinal", name=op.f("pk_told_episodes")),
    )
    with op.batch_alter_table("told_episodes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_told_episodes_release_id_ordinal"), ["release_id", "ordinal"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_told_episodes_told_at"), ["told_at"], unique=False)


def downgrade() -> None:
    op.drop_table("told_episodes")
    op.drop_table("calendar_feed")
    op.drop_table("airing_mark")
