"""Keep content keys"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0045_content_keys"
down_revision = "0044_release_vote_merge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "content_keys",
        sa.Column("id", Id(), nullable=False),
        sa.Column("content_id", sa.String(length=255), nullable=False),
        sa.Column(
            "track_class",
            sa.Enum("sd", "hd", "uhd", "audio", name="trackclass", native_enum=False, length=16),
            nullable=True,
        ),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("kid", Id(), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("iv", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_keys")),
        sa.UniqueConstraint("content_id", "kid", name=op.f("uq_content_keys_content_id_kid")),
        sa.UniqueConstraint(
            "content_id", "track_class", "period", name=op.f("uq_content_keys_content_id_track_class_period")
        ),
    )


def downgrade() -> None:
    op.drop_table("content_keys")
