"""Ask for a viewer's role instead of keeping it, and give a refresh token one successor"""

import sqlalchemy as sa
from alembic import op

revision = "0027_grants"
down_revision = "0026_party_invites"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stream_session") as table:
        table.drop_column("role")
    op.add_column("refresh_tokens", sa.Column("successor", sa.String(128)))


def downgrade() -> None:
    with op.batch_alter_table("refresh_tokens") as table:
        table.drop_column("successor")
    op.add_column("stream_session", sa.Column("role", sa.String(16)))
    # Who watches at this moment goes on as a viewer; the roles of the time are not known any more.
    op.execute("UPDATE stream_session SET role = 'user' WHERE user_id IS NOT NULL")
