"""Lease streams"""

import sqlalchemy as sa
from alembic import op

from kernel.db import UtcDateTime

revision = "0051_lease_streams"
down_revision = "0050_split_releases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stream_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("title", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("browser", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("platform", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("leased_until", UtcDateTime(), nullable=True))
    # Streams of before hold no place, and take one at their player's next request.
    op.execute("UPDATE stream_session SET title = '', leased_until = started_at")
    with op.batch_alter_table("stream_session", schema=None) as batch_op:
        batch_op.alter_column("title", existing_type=sa.String(length=300), nullable=False)
        batch_op.alter_column("leased_until", existing_type=UtcDateTime(), nullable=False)
        batch_op.create_index(
            batch_op.f("ix_stream_session_episode_id_leased_until"), ["episode_id", "leased_until"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_stream_session_user_id_leased_until"), ["user_id", "leased_until"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("stream_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stream_session_user_id_leased_until"))
        batch_op.drop_index(batch_op.f("ix_stream_session_episode_id_leased_until"))
        batch_op.drop_column("leased_until")
        batch_op.drop_column("platform")
        batch_op.drop_column("browser")
        batch_op.drop_column("title")
