"""Remember choices about merged releases"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0049_choices_of_merged"
down_revision = "0048_learn_names_from_searches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recommendation_choice_merge",
        sa.Column("merge_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("from_id", Id(), nullable=False),
        sa.Column("into_id", Id(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("brought", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recommendation_choice_merge_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("merge_id", "kind", "user_id", "from_id", name=op.f("pk_recommendation_choice_merge")),
    )
    with op.batch_alter_table("recommendation_choice_merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_choice_merge_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("recommendation_choice_merge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_choice_merge_user_id"))

    op.drop_table("recommendation_choice_merge")
