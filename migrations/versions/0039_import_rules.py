"""Lock fields, and rule imports"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0039_import_rules"
down_revision = "0038_calendars"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_blacklist",
        sa.Column("id", Id(), nullable=False),
        sa.Column("source_id", Id(), nullable=True),
        sa.Column(
            "mark", sa.Enum("key", "title", "external-id", name="mark", native_enum=False, length=20), nullable=False
        ),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_by", Id(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["import_source.id"], name=op.f("fk_import_blacklist_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_blacklist")),
    )
    with op.batch_alter_table("import_blacklist", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_blacklist_source_id"), ["source_id"], unique=False)

    op.create_table(
        "import_file",
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["import_source.id"], name=op.f("fk_import_file_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_import_file")),
    )
    op.create_table(
        "import_genre",
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "rule",
            sa.Enum("mapped", "ignored", "unmapped", name="genrerule", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("genre", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["import_source.id"], name=op.f("fk_import_genre_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "key", name=op.f("pk_import_genre")),
    )
    op.create_table(
        "release_lock",
        sa.Column("release_id", Id(), nullable=False),
        sa.Column(
            "field",
            sa.Enum(
                "type",
                "name",
                "names",
                "year",
                "season",
                "description",
                "age_rating",
                "is_ongoing",
                "episodes_total",
                "external_ids",
                "genres",
                name="lockedfield",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("locked_by", Id(), nullable=True),
        sa.Column("locked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_lock_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "field", name=op.f("pk_release_lock")),
    )


def downgrade() -> None:
    for name in ("release_lock", "import_genre", "import_file", "import_blacklist"):
        op.drop_table(name)
