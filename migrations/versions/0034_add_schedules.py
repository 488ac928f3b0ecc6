"""Add schedules"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, Texts, UtcDateTime

revision = "0034_add_schedules"
down_revision = "0033_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_schedule",
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("breaks", Json(), nullable=False),
        sa.Column("overrides", Json(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_schedule_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release_schedule")),
    )
    op.create_table(
        "schedule_slot",
        sa.Column("id", Id(), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=60), nullable=False),
        sa.Column("recurrence", sa.String(length=80), nullable=False),
        sa.Column("regions", Texts(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("first_ordinal", sa.Float(), nullable=False),
        sa.Column("episodes", sa.Integer(), nullable=True),
        sa.Column("together", sa.Integer(), nullable=False),
        sa.Column("duration_min", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=True),
        sa.Column("step_days", sa.Integer(), nullable=False),
        sa.Column("slack_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["release_schedule.release_id"],
            name=op.f("fk_schedule_slot_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_slot")),
    )
    with op.batch_alter_table("schedule_slot", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_schedule_slot_last_day_first_day"), ["last_day", "first_day"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_schedule_slot_release_id"), ["release_id"], unique=False)


def downgrade() -> None:
    op.drop_table("schedule_slot")
    op.drop_table("release_schedule")
