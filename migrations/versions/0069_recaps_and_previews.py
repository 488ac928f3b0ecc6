"""Recaps and previews of episodes, and the sound of whole ones to find them by"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Json

revision = "0069_recaps_and_previews"
down_revision = "0068_who_marked_openings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("asset_sound", schema=None) as batch_op:
        batch_op.add_column(sa.Column("whole", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recap", Json(), nullable=True))
        batch_op.add_column(sa.Column("preview", Json(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.drop_column("preview")
        batch_op.drop_column("recap")
    with op.batch_alter_table("asset_sound", schema=None) as batch_op:
        batch_op.drop_column("whole")
