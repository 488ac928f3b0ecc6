"""Keep the invites of parties, so that they can be listed and withdrawn"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id

revision = "0026_party_invites"
down_revision = "0025_chat_member"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("party_invite", schema=None) as batch_op:
        batch_op.add_column(sa.Column("party_id", Id(), nullable=True))
        batch_op.add_column(sa.Column("role", sa.String(length=12), nullable=False, server_default="guest"))
        batch_op.add_column(sa.Column("max_uses", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("created_by", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("made_at_ms", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("revoked", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index("ix_party_invite_party_id", ["party_id"], unique=False)
        batch_op.create_index("ix_party_invite_created_by", ["created_by"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("party_invite", schema=None) as batch_op:
        batch_op.drop_index("ix_party_invite_created_by")
        batch_op.drop_index("ix_party_invite_party_id")
        for name in ("revoked", "made_at_ms", "created_by", "max_uses", "role", "party_id"):
            batch_op.drop_column(name)
