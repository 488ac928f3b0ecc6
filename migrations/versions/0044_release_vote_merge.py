"""Remember votes of merged releases"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json

revision = "0044_release_vote_merge"
down_revision = "0043_release_merges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_vote_merge",
        sa.Column("merge_id", Id(), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("other", Json(), nullable=False),
        sa.Column("own", Json(), nullable=True),
        sa.Column("after", Json(), nullable=False),
        sa.PrimaryKeyConstraint("merge_id", "user_id", name=op.f("pk_release_vote_merge")),
    )
    with op.batch_alter_table("release_vote_merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_vote_merge_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("release_vote_merge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_vote_merge_user_id"))

    op.drop_table("release_vote_merge")
