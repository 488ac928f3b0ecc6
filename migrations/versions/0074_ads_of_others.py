"""Ads of other servers, and their videos"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, UtcDateTime

revision = "0074_ads_of_others"
down_revision = "0070_programme_of_chat"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("linear_ad", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tag_url", sa.String(length=2000), nullable=False, server_default=""))
        batch_op.alter_column("creative_episode_id", existing_type=Id(), nullable=True)

    op.create_table(
        "ad_creative",
        sa.Column("id", Id(), nullable=False),
        sa.Column("ad_id", Id(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_url", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ad_id"], ["linear_ad.id"], name=op.f("fk_ad_creative_ad_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_creative")),
    )
    with op.batch_alter_table("ad_creative", schema=None) as batch_op:
        batch_op.create_index("uq_ad_creative_ad_id_key", ["ad_id", "key"], unique=True)
        batch_op.create_index(batch_op.f("ix_ad_creative_used_at"), ["used_at"], unique=False)


def downgrade() -> None:
    op.drop_table("ad_creative")
    # Places for other servers' ads are nothing that the step before knows.
    op.execute("DELETE FROM linear_ad WHERE creative_episode_id IS NULL")
    with op.batch_alter_table("linear_ad", schema=None) as batch_op:
        batch_op.alter_column("creative_episode_id", existing_type=Id(), nullable=False)
        batch_op.drop_column("tag_url")
