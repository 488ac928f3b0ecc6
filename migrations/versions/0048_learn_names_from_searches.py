"""Learn names from searches"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0048_learn_names_from_searches"
down_revision = "0047_packagers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alias_candidate",
        sa.Column("id", Id(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("voices", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "accepted", "rejected", name="candidatestate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("decided_by", Id(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_alias_candidate_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias_candidate")),
        sa.UniqueConstraint("key", "release_id", name=op.f("uq_alias_candidate_key_release_id")),
    )
    with op.batch_alter_table("alias_candidate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_candidate_release_id"), ["release_id"], unique=False)
        batch_op.create_index("ix_alias_candidate_state", ["state", "voices"], unique=False)
    op.create_table(
        "search_choice",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("voice", sa.String(length=32), nullable=False),
        sa.Column("network", sa.String(length=32), nullable=False),
        sa.Column("signed_in", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=100), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_search_choice_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "release_id", "voice", name=op.f("pk_search_choice")),
    )
    with op.batch_alter_table("search_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_choice_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_choice_release_id"), ["release_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("search_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_choice_release_id"))
        batch_op.drop_index(batch_op.f("ix_search_choice_at"))
    op.drop_table("search_choice")
    with op.batch_alter_table("alias_candidate", schema=None) as batch_op:
        batch_op.drop_index("ix_alias_candidate_state")
        batch_op.drop_index(batch_op.f("ix_alias_candidate_release_id"))
    op.drop_table("alias_candidate")
