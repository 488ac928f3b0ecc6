"""Codecs that uploads ask for"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Texts

revision = "0075_codecs_of_uploads"
down_revision = "0074_ads_of_others"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("codecs", Texts(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_column("codecs")
