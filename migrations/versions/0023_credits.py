"""Index what was asked for in a team's name, and who said what about it"""

from alembic import op

revision = "0023_credits"
down_revision = "0022_subtitles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_team", ["team_id", "state", "release_id"], unique=False)
    with op.batch_alter_table("proposal_comment", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_comment_author", ["author_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("proposal_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_proposal_comment_author")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_proposal_team")
