"""Say when to look at a broadcast for what aired"""

import sqlalchemy as sa
from alembic import op

from kernel.db import UtcDateTime

revision = "0056_due_broadcasts"
down_revision = "0055_rows_of_undone_splits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("schedule_slot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_schedule_slot_position_due_at"), ["position", "due_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("schedule_slot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedule_slot_position_due_at"))
        batch_op.drop_column("due_at")
