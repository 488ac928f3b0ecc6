"""Add ratings"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0032_ratings"
down_revision = "0031_release_updated_at"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rating_prior",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("votes", sa.Float(precision=53), nullable=False),
        sa.Column("mean", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_prior")),
    )
    op.create_table(
        "trend_epoch",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_epoch")),
    )
    op.create_table(
        "release_stats",
        sa.Column("release_id", Id(), nullable=False),
        *(sa.Column(f"votes_{score}", sa.Integer(), server_default="0", nullable=False) for score in range(1, 11)),
        sa.Column("ranked_votes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ranked_total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("weighted", sa.Float(precision=53), nullable=True),
        sa.Column("members", sa.Integer(), server_default="0", nullable=False),
        sa.Column("trend", sa.Float(precision=53), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_stats_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release_stats")),
    )
    for column in ("members", "trend", "weighted"):
        op.create_index(op.f(f"ix_release_stats_{column}"), "release_stats", [column])
    op.create_table(
        "release_vote",
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("voted_at", UtcDateTime(), nullable=False),
        sa.Column("watched", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_vote_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "user_id", name=op.f("pk_release_vote")),
    )
    op.create_index(op.f("ix_release_vote_user_id_release_id"), "release_vote", ["user_id", "release_id"])
    op.create_index(op.f("ix_release_vote_watched_checked_at"), "release_vote", ["watched", "checked_at"])
    op.create_index(op.f("ix_shelf_items_release_id"), "shelf_items", ["release_id"])
    # How many have what is there already; one row for each release that anybody has.
    op.execute(
        "INSERT INTO release_stats (release_id, members) "
        "SELECT release_id, count(*) FROM shelf_items WHERE NOT removed AND release_id IN (SELECT id FROM release) "
        "GROUP BY release_id"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_shelf_items_release_id"), "shelf_items")
    op.drop_table("release_vote")
    op.drop_table("release_stats")
    op.drop_table("trend_epoch")
    op.drop_table("rating_prior")
