"""Add avatars"""

import sqlalchemy as sa
from alembic import op

revision = "0011_pictures"
down_revision = "0010_sources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("webp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pictures")),
    )


def downgrade() -> None:
    op.drop_table("pictures")
