"""Recommend releases and let people say what is similar"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0036_recommendations"
down_revision = "0035_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recommendation_model",
        sa.Column("version", Id(), nullable=False),
        sa.Column("built_at", UtcDateTime(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("took_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_recommendation_model")),
    )
    op.create_table(
        "recommendation_hidden",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("hidden_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_recommendation_hidden_release_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recommendation_hidden_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "release_id", name=op.f("pk_recommendation_hidden")),
    )
    with op.batch_alter_table("recommendation_hidden", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_hidden_release_id"), ["release_id"], unique=False)

    op.create_table(
        "recommendation_model_part",
        sa.Column("version", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"],
            ["recommendation_model.version"],
            name=op.f("fk_recommendation_model_part_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version", "position", name=op.f("pk_recommendation_model_part")),
    )
    op.create_table(
        "recommendation_preference",
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("sequels", sa.Boolean(), nullable=False),
        sa.Column("count_dropped", sa.Boolean(), nullable=False),
        sa.Column("minimum_members", sa.Integer(), nullable=False),
        sa.Column("kinds", Json(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recommendation_preference_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_recommendation_preference")),
    )
    op.create_table(
        "similar_pair",
        sa.Column("id", Id(), nullable=False),
        sa.Column("low_id", Id(), nullable=False),
        sa.Column("high_id", Id(), nullable=False),
        sa.Column("suggested_at", UtcDateTime(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["high_id"], ["release.id"], name=op.f("fk_similar_pair_high_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["low_id"], ["release.id"], name=op.f("fk_similar_pair_low_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_similar_pair")),
        sa.UniqueConstraint("low_id", "high_id", name=op.f("uq_similar_pair_low_id_high_id")),
    )
    with op.batch_alter_table("similar_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_similar_pair_high_id"), ["high_id"], unique=False)

    op.create_table(
        "similar_vote",
        sa.Column("pair_id", Id(), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("voted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["similar_pair.id"], name=op.f("fk_similar_vote_pair_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_similar_vote_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pair_id", "user_id", name=op.f("pk_similar_vote")),
    )
    with op.batch_alter_table("similar_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_similar_vote_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("similar_vote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_similar_vote_user_id"))

    op.drop_table("similar_vote")
    with op.batch_alter_table("similar_pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_similar_pair_high_id"))

    op.drop_table("similar_pair")
    op.drop_table("recommendation_preference")
    op.drop_table("recommendation_model_part")
    with op.batch_alter_table("recommendation_hidden", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_hidden_release_id"))

    op.drop_table("recommendation_hidden")
    op.drop_table("recommendation_model")
