"""Add parties, their log and their chat"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0005_realtime"
down_revision = "0004_streaming"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "party",
        sa.Column("id", Id(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("document", Json(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("access", sa.String(length=12), nullable=False),
        sa.Column("members_count", sa.Integer(), nullable=False),
        sa.Column("chat_seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index("ix_party_open", ["closed", "access", "members_count"], unique=False)

    op.create_table(
        "party_invite",
        sa.Column("id", Id(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_invite")),
    )
    op.create_table(
        "room_clock",
        sa.Column("boot_id", sa.String(length=64), nullable=False),
        sa.Column("offset_ms", sa.Float(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("boot_id", name=op.f("pk_room_clock")),
    )
    op.create_table(
        "party_chat",
        sa.Column("party_id", Id(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.String(length=64), nullable=True),
        sa.Column("position_ms", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_chat_party_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("party_id", "seq", name=op.f("pk_party_chat")),
        sa.UniqueConstraint("party_id", "message_id", name=op.f("uq_party_chat_party_id_message_id")),
    )
    op.create_table(
        "party_log",
        sa.Column("party_id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", Json(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_log_party_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("party_id", "version", name=op.f("pk_party_log")),
    )
    op.create_table(
        "party_member",
        sa.Column("party_id", Id(), nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("document", Json(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_member_party_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("party_id", "member_id", name=op.f("pk_party_member")),
    )


def downgrade() -> None:
    op.drop_table("party_member")
    op.drop_table("party_log")
    op.drop_table("party_chat")
    op.drop_table("room_clock")
    op.drop_table("party_invite")
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_index("ix_party_open")

    op.drop_table("party")
