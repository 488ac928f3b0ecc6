"""Forget what undone splits wrote down for an undo that never comes"""

import sqlalchemy as sa
from alembic import op

revision = "0055_rows_of_undone_splits"
down_revision = "0054_promos"
branch_labels = None
depends_on = None


def upgrade() -> None:
    splits = sa.table("release_split", sa.column("id"))
    for name in ("library_merge_rows", "recommendation_choice_merge", "release_vote_merge"):
        rows = sa.table(name, sa.column("merge_id"))
        op.execute(sa.delete(rows).where(rows.c.merge_id.in_(sa.select(splits.c.id))))


def downgrade() -> None:
    pass  # nobody could use them
