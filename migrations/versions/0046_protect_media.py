"""Protect media"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0046_protect_media"
down_revision = "0045_content_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("assets", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "protection",
                sa.Enum("none", "aes-128", "cbcs", "cenc", name="protection", native_enum=False, length=16),
                server_default="none",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("replaces", Id(), nullable=True))
        batch_op.add_column(sa.Column("superseded_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "protection",
                sa.Enum("none", "aes-128", "cbcs", "cenc", name="protection", native_enum=False, length=16),
                nullable=True,
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_column("protection")

    with op.batch_alter_table("assets", schema=None) as batch_op:
        batch_op.drop_column("superseded_at")
        batch_op.drop_column("replaces")
        batch_op.drop_column("protection")
