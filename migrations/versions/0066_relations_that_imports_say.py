"""Relations that imports say"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id

revision = "0066_relations_that_imports_say"
down_revision = "0065_the_last_check_of_storage"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_relation",
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("from_key", sa.String(length=200), nullable=False),
        sa.Column("to_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["import_source.id"], name=op.f("fk_import_relation_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "from_key", "to_key", "kind", name=op.f("pk_import_relation")),
    )
    op.create_index("ix_import_relation_settled", "import_relation", ["source_id", "settled"])


def downgrade() -> None:
    op.drop_table("import_relation")
