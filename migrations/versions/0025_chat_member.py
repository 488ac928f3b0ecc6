"""Find what somebody said in parties"""

from alembic import op

revision = "0025_chat_member"
down_revision = "0024_title_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_party_chat_member", "party_chat", ["member_id"])


def downgrade() -> None:
    op.drop_index("ix_party_chat_member", "party_chat")
