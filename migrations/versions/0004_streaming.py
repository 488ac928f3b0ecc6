"""Add assets and stream sessions"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0004_streaming"
down_revision = "0003_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assets",
        sa.Column("id", Id(), nullable=False),
        sa.Column("episode_id", Id(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("ingesting", "ready", "failed", name="assetstate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("frame_rate", sa.Float(), nullable=True),
        sa.Column("renditions", Json(), nullable=False),
        sa.Column("audio", Json(), nullable=False),
        sa.Column("subtitles", Json(), nullable=False),
        sa.Column("poster", sa.Text(), nullable=True),
        sa.Column("storyboard", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("warnings", Json(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
        sa.UniqueConstraint("episode_id", "fingerprint", name=op.f("uq_assets_episode_id_fingerprint")),
    )
    with op.batch_alter_table("assets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assets_state"), ["state"], unique=False)

    op.create_table(
        "stream_session",
        sa.Column("id", Id(), nullable=False),
        sa.Column("episode_id", Id(), nullable=False),
        sa.Column("asset_id", Id(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", Id(), nullable=True),
        sa.Column(
            "role",
            sa.Enum("user", "editor", "moderator", "admin", name="role", native_enum=False, length=16),
            nullable=True,
        ),
        sa.Column("login_id", Id(), nullable=True),
        sa.Column("device", Json(), nullable=False),
        sa.Column("device_key", sa.String(length=16), nullable=False),
        sa.Column("throughput_bps", sa.Float(), nullable=True),
        sa.Column("throughput_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream_session")),
    )
    with op.batch_alter_table("stream_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stream_session_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_stream_session_login_id"), ["login_id"], unique=False)

    op.create_table(
        "viewer_throughput",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("device_key", sa.String(length=16), nullable=False),
        sa.Column("bps", sa.Float(), nullable=False),
        sa.Column("measured_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "device_key", name=op.f("pk_viewer_throughput")),
    )


def downgrade() -> None:
    op.drop_table("viewer_throughput")
    with op.batch_alter_table("stream_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stream_session_login_id"))
        batch_op.drop_index(batch_op.f("ix_stream_session_expires_at"))

    op.drop_table("stream_session")
    with op.batch_alter_table("assets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assets_state"))

    op.drop_table("assets")
