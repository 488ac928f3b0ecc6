"""Keep live channels"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0053_keep_live_channels"
down_revision = "0052_trailers_of_releases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_channels",
        sa.Column("id", Id(), nullable=False),
        sa.Column("owner_id", Id(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column(
            "audience", sa.Enum("public", "members", name="audience", native_enum=False, length=16), nullable=False
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("key_made_at", UtcDateTime(), nullable=True),
        sa.Column("taken_down_at", UtcDateTime(), nullable=True),
        sa.Column("taken_down_reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_channels")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_live_channels_key_hash")),
    )
    with op.batch_alter_table("live_channels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_channels_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "live_broadcasts",
        sa.Column("channel_id", Id(), nullable=False),
        sa.Column("node_id", sa.String(length=32), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("viewers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["live_channels.id"], name=op.f("fk_live_broadcasts_channel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_live_broadcasts")),
    )
    with op.batch_alter_table("live_broadcasts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_broadcasts_node_id"), ["node_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("live_broadcasts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_broadcasts_node_id"))

    op.drop_table("live_broadcasts")
    with op.batch_alter_table("live_channels", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_channels_owner_id"))

    op.drop_table("live_channels")
