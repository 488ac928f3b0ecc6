"""Add waiting devices and login codes"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0015_device_login"
down_revision = "0014_notifications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_codes",
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("email_key", name=op.f("pk_login_codes")),
    )
    with op.batch_alter_table("login_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_codes_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "device_logins",
        sa.Column("id", Id(), nullable=False),
        sa.Column("device_code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_code", sa.String(length=8), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.String(length=256), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("last_polled_at", UtcDateTime(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("pending", "approved", "denied", "used", name="state", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("user_id", Id(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_device_logins_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_logins")),
        sa.UniqueConstraint("device_code_hash", name=op.f("uq_device_logins_device_code_hash")),
        sa.UniqueConstraint("user_code", name=op.f("uq_device_logins_user_code")),
    )
    with op.batch_alter_table("device_logins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_logins_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_device_logins_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user_id", Id(), nullable=True))
        batch_op.create_index(batch_op.f("ix_letters_user_id"), ["user_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_letters_user_id"), "users", ["user_id"], ["id"], ondelete="CASCADE")


def downgrade() -> None:

    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_letters_user_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_letters_user_id"))
        batch_op.drop_column("user_id")

    with op.batch_alter_table("device_logins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_logins_user_id"))
        batch_op.drop_index(batch_op.f("ix_device_logins_expires_at"))

    op.drop_table("device_logins")
    with op.batch_alter_table("login_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_codes_expires_at"))

    op.drop_table("login_codes")
