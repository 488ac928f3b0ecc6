"""Add what people let others see of their library"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id

revision = "0041_library_sharing"
down_revision = "0040_release_posters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "library_sharing",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("profile", sa.Boolean(), nullable=False),
        sa.Column("comparison", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_library_sharing_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_library_sharing")),
    )


def downgrade() -> None:
    op.drop_table("library_sharing")
