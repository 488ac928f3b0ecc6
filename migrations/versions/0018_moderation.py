"""Add proposals, comments on them, reports, and what people did today"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0018_moderation"
down_revision = "0017_identities"
branch_labels = None
depends_on = None


def _text_enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=20)


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", Id(), nullable=False),
        sa.Column("author_id", Id(), nullable=False),
        sa.Column("team_id", Id(), nullable=True),
        sa.Column("kind", _text_enum("kind", "release", "episode", "translation"), nullable=False),
        sa.Column("target_id", Id(), nullable=True),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("parent_id", Id(), nullable=True),
        sa.Column("release_id", Id(), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("diff", Json(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column(
            "state",
            _text_enum("state", "draft", "pending", "taken", "accepted", "rejected", "rolled_back", "withdrawn"),
            nullable=False,
        ),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("taken_by", Id(), nullable=True),
        sa.Column("taken_until", UtcDateTime(), nullable=True),
        sa.Column("decided_by", Id(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("applied", Json(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_author", ["author_id", "created_at"], unique=False)
        batch_op.create_index("ix_proposal_decided", ["state", "decided_at", "id"], unique=False)
        batch_op.create_index("ix_proposal_inbox", ["state", "submitted_at", "id"], unique=False)
        batch_op.create_index("ix_proposal_release_id", ["release_id"], unique=False)

    op.create_table(
        "proposal_comment",
        sa.Column("id", Id(), nullable=False),
        sa.Column("proposal_id", Id(), nullable=False),
        sa.Column("author_id", Id(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_comment")),
    )
    with op.batch_alter_table("proposal_comment", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_comment_proposal", ["proposal_id", "created_at"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", Id(), nullable=False),
        sa.Column("reporter_id", Id(), nullable=False),
        sa.Column(
            "kind",
            _text_enum("subject", "release", "episode", "proposal", "comment", "user", "team"),
            nullable=False,
        ),
        sa.Column("target_id", Id(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column(
            "reason",
            _text_enum("reason", "wrong", "duplicate", "broken", "copyright", "offensive", "spam", "other"),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("filed_at", UtcDateTime(), nullable=False),
        sa.Column("state", _text_enum("reportstate", "open", "resolved", "dismissed"), nullable=False),
        sa.Column("closed_by", Id(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("reporter_id", "kind", "target_id", name=op.f("uq_report_reporter_id_kind_target_id")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index("ix_report_inbox", ["state", "filed_at", "id"], unique=False)

    op.create_table(
        "moderation_allowance",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("deed", _text_enum("deed", "proposal", "report", "comment"), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "user_id", "deed", name=op.f("pk_moderation_allowance")),
    )


def downgrade() -> None:
    op.drop_table("moderation_allowance")
    op.drop_table("report")
    op.drop_table("proposal_comment")
    op.drop_table("proposal")
