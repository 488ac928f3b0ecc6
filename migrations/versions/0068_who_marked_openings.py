"""Who marked openings and endings: chapters of files, sound that episodes have in common, people"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, Texts

revision = "0068_who_marked_openings"
down_revision = "0067_relations_of_dry_runs"
branch_labels = None
depends_on = None

BY_PROGRAM = 3
"""Values of a span from which on there is more than where it starts and stops."""


def upgrade() -> None:
    op.create_table(
        "asset_sound",
        sa.Column("asset_id", Id(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("tail", sa.LargeBinary(), nullable=False),
        sa.Column("tail_start_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name=op.f("fk_asset_sound_asset_id_assets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_asset_sound")),
    )
    with op.batch_alter_table("assets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chapters", Json(), server_default="[]", nullable=False))
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.add_column(sa.Column("marked_by_hand", Texts(), server_default="[]", nullable=False))


def downgrade() -> None:
    # What a program found is found again; the former version would not read it.
    episode = sa.table("episode", sa.column("id", Id()), sa.column("opening", Json()), sa.column("ending", Json()))
    connection = op.get_bind()
    for column in (episode.c.opening, episode.c.ending):
        rows = connection.execute(sa.select(episode.c.id, column).where(column.is_not(None))).all()
        found = [row[0] for row in rows if row[1] is not None and len(row[1]) >= BY_PROGRAM]
        for episode_id in found:
            connection.execute(sa.update(episode).where(episode.c.id == episode_id).values({column: sa.null()}))
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.drop_column("marked_by_hand")
    with op.batch_alter_table("assets", schema=None) as batch_op:
        batch_op.drop_column("chapters")
    op.drop_table("asset_sound")
