"""Player settings"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0061_player_settings"
down_revision = "0060_recordings_of_live_channels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "player_series_choice",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("choice", Json(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "release_id", name=op.f("pk_player_series_choice")),
    )
    with op.batch_alter_table("player_series_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_player_series_choice_user_id_at"), ["user_id", "at"], unique=False)

    op.create_table(
        "player_settings",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("settings", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_player_settings")),
    )
    op.create_table(
        "player_settings_of_device",
        sa.Column("login_id", Id(), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("changes", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("login_id", name=op.f("pk_player_settings_of_device")),
    )
    with op.batch_alter_table("player_settings_of_device", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_player_settings_of_device_user_id_changed_at"), ["user_id", "changed_at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("player_settings_of_device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_player_settings_of_device_user_id_changed_at"))

    op.drop_table("player_settings_of_device")
    op.drop_table("player_settings")
    with op.batch_alter_table("player_series_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_player_series_choice_user_id_at"))

    op.drop_table("player_series_choice")
