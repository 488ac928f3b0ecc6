"""Know works at Bangumi and TMDB, and find releases by their other names"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0030_ids_and_name_keys"
down_revision = "0029_release_names"
branch_labels = None
depends_on = None

NEW = {"bangumi": 16, "tmdb": 40}
PAGE = 1_000


def folded(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title.casefold())
    return "".join(letter for letter in plain if letter.isalnum())[:64]


def upgrade() -> None:
    for catalogue, length in NEW.items():
        op.add_column("release", sa.Column(f"external_{catalogue}", sa.String(length=length)))
        op.create_index(f"ix_release_external_{catalogue}", "release", [f"external_{catalogue}"], unique=False)
    op.add_column("release_name", sa.Column("key", sa.String(length=64), nullable=False, server_default=""))
    table = sa.table("release_name", sa.column("id"), sa.column("text"), sa.column("key"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(table.c.id, table.c.text)).all()
    for first in range(0, len(rows), PAGE):
        connection.execute(
            sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(key=sa.bindparam("folded")),
            [{"row_id": row.id, "folded": folded(row.text)} for row in rows[first : first + PAGE]],
        )
    op.create_index("ix_release_name_key", "release_name", ["key"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_release_name_key", table_name="release_name")
    op.drop_column("release_name", "key")
    for catalogue in NEW:
        op.drop_index(f"ix_release_external_{catalogue}", table_name="release")
        op.drop_column("release", f"external_{catalogue}")
