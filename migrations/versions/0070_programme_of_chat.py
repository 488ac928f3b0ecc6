"""The moment of a broadcast that a line of chat was said at"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id

revision = "0070_programme_of_chat"
down_revision = "0069_recaps_and_previews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("party_chat", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel_id", Id(), nullable=True))
        batch_op.add_column(sa.Column("programme_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("party_chat", schema=None) as batch_op:
        batch_op.drop_column("programme_ms")
        batch_op.drop_column("channel_id")
