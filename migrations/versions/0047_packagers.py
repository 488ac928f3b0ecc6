"""Let outside packagers in"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0047_packagers"
down_revision = "0046_protect_media"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "packagers",
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packagers")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_packagers_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("packagers")
