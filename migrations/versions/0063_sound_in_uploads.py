"""Sound in uploads"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Json

revision = "0063_sound_in_uploads"
down_revision = "0062_index_what_few_releases_say"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sound", Json(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_column("sound")
