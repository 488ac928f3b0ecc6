"""Relations that dry runs would make"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Json

revision = "0067_relations_of_dry_runs"
down_revision = "0066_relations_that_imports_say"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("import_run_row") as batch_op:
        batch_op.add_column(sa.Column("relations", Json(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("import_run_row") as batch_op:
        batch_op.drop_column("relations")
