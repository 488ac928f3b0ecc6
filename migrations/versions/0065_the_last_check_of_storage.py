"""The last check of storage"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0065_the_last_check_of_storage"
down_revision = "0064_what_jobs_wait_out"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "storage_check",
        sa.Column("id", Id(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("videos", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("faults", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_check")),
    )


def downgrade() -> None:
    op.drop_table("storage_check")
