"""Add merges of releases"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0043_release_merges"
down_revision = "0042_release_lifecycle"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_merge",
        sa.Column("id", Id(), nullable=False),
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("target_id", Id(), nullable=False),
        sa.Column("source_title", sa.String(length=255), nullable=False),
        sa.Column("target_title", sa.String(length=255), nullable=False),
        sa.Column("merged_by", Id(), nullable=True),
        sa.Column("merged_at", UtcDateTime(), nullable=False),
        sa.Column("fields", Json(), nullable=False),
        sa.Column("names", Json(), nullable=False),
        sa.Column("genres", Json(), nullable=False),
        sa.Column("placements", Json(), nullable=False),
        sa.Column("replaced", Json(), nullable=False),
        sa.Column("followers", Json(), nullable=False),
        sa.Column("undone_by", Id(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_merge")),
    )
    with op.batch_alter_table("release_merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_merge_merged_at"), ["merged_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_merge_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_merge_target_id"), ["target_id"], unique=False)

    op.create_table(
        "library_merge_rows",
        sa.Column("merge_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("owner_id", Id(), nullable=False),
        sa.Column("item_id", Id(), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("before", Json(), nullable=True),
        sa.Column("after", Json(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_library_merge_rows_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("merge_id", "kind", "owner_id", "item_id", name=op.f("pk_library_merge_rows")),
    )
    with op.batch_alter_table("library_merge_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_library_merge_rows_user_id"), ["user_id"], unique=False)

    op.create_table(
        "release_merge_lock",
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("other_id", Id(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["other_id"], ["release.id"], name=op.f("fk_release_merge_lock_other_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_merge_lock_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "other_id", name=op.f("pk_release_merge_lock")),
    )
    with op.batch_alter_table("release_merge_lock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_merge_lock_other_id"), ["other_id"], unique=False)

    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", Id(), nullable=True))
        batch_op.create_index(batch_op.f("ix_release_merged_into_id"), ["merged_into_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_merged_into_id"))
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("release_merge_lock", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_merge_lock_other_id"))

    op.drop_table("release_merge_lock")
    with op.batch_alter_table("library_merge_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_library_merge_rows_user_id"))

    op.drop_table("library_merge_rows")
    with op.batch_alter_table("release_merge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_merge_target_id"))
        batch_op.drop_index(batch_op.f("ix_release_merge_source_id"))
        batch_op.drop_index(batch_op.f("ix_release_merge_merged_at"))

    op.drop_table("release_merge")
