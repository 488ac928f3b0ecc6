"""What jobs wait out"""

import sqlalchemy as sa
from alembic import op

from kernel.db import UtcDateTime

revision = "0064_what_jobs_wait_out"
down_revision = "0063_sound_in_uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("waiting_since", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_column("waiting_since")
