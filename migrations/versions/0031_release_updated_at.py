"""Index releases by their last edit"""

from alembic import op

revision = "0031_release_updated_at"
down_revision = "0030_ids_and_name_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_updated_at"), ["updated_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_updated_at"))
