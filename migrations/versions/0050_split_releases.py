"""Split releases"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0050_split_releases"
down_revision = "0049_choices_of_merged"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_split",
        sa.Column("id", Id(), nullable=False),
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("target_id", Id(), nullable=False),
        sa.Column("source_title", sa.String(length=255), nullable=False),
        sa.Column("target_title", sa.String(length=255), nullable=False),
        sa.Column("split_by", Id(), nullable=True),
        sa.Column("split_at", UtcDateTime(), nullable=False),
        sa.Column("fields", Json(), nullable=False),
        sa.Column("placements", Json(), nullable=False),
        sa.Column("locked_fields", Json(), nullable=False),
        sa.Column("undone_by", Id(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_split")),
    )
    with op.batch_alter_table("release_split", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_split_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_split_split_at"), ["split_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("release_split", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_split_split_at"))
        batch_op.drop_index(batch_op.f("ix_release_split_source_id"))

    op.drop_table("release_split")
