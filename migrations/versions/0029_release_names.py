"""Add other names of releases"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id

revision = "0029_release_names"
down_revision = "0028_sign_ins_left"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_name",
        sa.Column("id", Id(), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "official",
                "synonym",
                "abbreviation",
                "romanised",
                "reading",
                name="namekind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_name_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_name")),
    )
    with op.batch_alter_table("release_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_name_release_id"), ["release_id"], unique=False)


def downgrade() -> None:
    op.drop_table("release_name")
