"""Add franchises"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0037_franchises"
down_revision = "0036_recommendations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "franchise",
        sa.Column("id", Id(), nullable=False),
        sa.Column("alias", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_franchise")),
        sa.UniqueConstraint("alias", name=op.f("uq_franchise_alias")),
    )
    op.create_table(
        "franchise_member",
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("franchise_id", Id(), nullable=False),
        sa.Column("release_place", sa.Integer(), nullable=False),
        sa.Column("chronological_place", sa.Integer(), nullable=False),
        sa.Column("recommended_place", sa.Integer(), nullable=False),
        sa.Column("may_skip", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["franchise_id"], ["franchise.id"], name=op.f("fk_franchise_member_franchise_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_franchise_member_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_franchise_member")),
        sa.UniqueConstraint(
            "franchise_id", "chronological_place", name=op.f("uq_franchise_member_franchise_id_chronological_place")
        ),
        sa.UniqueConstraint(
            "franchise_id", "recommended_place", name=op.f("uq_franchise_member_franchise_id_recommended_place")
        ),
        sa.UniqueConstraint(
            "franchise_id", "release_place", name=op.f("uq_franchise_member_franchise_id_release_place")
        ),
    )
    op.create_table(
        "franchise_relation",
        sa.Column("from_id", Id(), nullable=False),
        sa.Column("to_id", Id(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sequel",
                "prequel",
                "side_story",
                "parent_story",
                "summary",
                "full_story",
                "spin_off",
                "origin",
                "alternative_version",
                "alternative_setting",
                "shared_characters",
                "other",
                name="relationkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("franchise_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["franchise_id"], ["franchise.id"], name=op.f("fk_franchise_relation_franchise_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["release.id"], name=op.f("fk_franchise_relation_from_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["release.id"], name=op.f("fk_franchise_relation_to_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("from_id", "to_id", "kind", name=op.f("pk_franchise_relation")),
    )
    with op.batch_alter_table("franchise_relation", schema=None) as batch_op:
        batch_op.create_index("ix_franchise_relation_franchise_id", ["franchise_id"], unique=False)
        batch_op.create_index("ix_franchise_relation_to_id", ["to_id"], unique=False)


def downgrade() -> None:
    op.drop_table("franchise_relation")
    op.drop_table("franchise_member")
    op.drop_table("franchise")
