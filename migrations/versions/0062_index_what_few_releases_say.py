"""Index what few releases say"""

import sqlalchemy as sa
from alembic import op

revision = "0062_index_what_few_releases_say"
down_revision = "0061_player_settings"
branch_labels = None
depends_on = None

COLUMNS = ("deleted_at", "merged_into_id")


def upgrade() -> None:
    for column in COLUMNS:
        said = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f"ix_release_{column}", table_name="release")
        op.create_index(
            f"ix_release_{column}", "release", [column], unique=False, sqlite_where=said, postgresql_where=said
        )


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_index(f"ix_release_{column}", table_name="release")
        op.create_index(f"ix_release_{column}", "release", [column], unique=False)
