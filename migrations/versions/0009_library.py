"""Add favourites, shelves and dismissals"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0009_library"
down_revision = "0008_recovery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "continue_dismissals",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_continue_dismissals_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "release_id", name=op.f("pk_continue_dismissals")),
    )
    op.create_table(
        "favorites",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_favorites_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "release_id", name=op.f("pk_favorites")),
    )
    with op.batch_alter_table("favorites", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_favorites_user_id_revision"), ["user_id", "revision"], unique=False)

    op.create_table(
        "shelf_items",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("shelf", sa.String(length=16), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_shelf_items_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "release_id", name=op.f("pk_shelf_items")),
    )
    with op.batch_alter_table("shelf_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shelf_items_user_id_revision"), ["user_id", "revision"], unique=False)

    with op.batch_alter_table("watch_progress", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_watch_progress_user_id_release_id"), ["user_id", "release_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("watch_progress", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watch_progress_user_id_release_id"))

    with op.batch_alter_table("shelf_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shelf_items_user_id_revision"))

    op.drop_table("shelf_items")
    with op.batch_alter_table("favorites", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_favorites_user_id_revision"))

    op.drop_table("favorites")
    op.drop_table("continue_dismissals")
