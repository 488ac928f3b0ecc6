"""Let a password be good for a number of sign-ins"""

import sqlalchemy as sa
from alembic import op

revision = "0028_sign_ins_left"
down_revision = "0027_grants"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("sign_ins_left", sa.Integer()))


def downgrade() -> None:
    op.drop_column("users", "sign_ins_left")
