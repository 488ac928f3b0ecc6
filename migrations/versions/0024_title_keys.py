"""Find releases by their whole titles"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0024_title_keys"
down_revision = "0023_credits"
branch_labels = None
depends_on = None

KEYS = {
    "release": {"key_main": "name_main", "key_english": "name_english", "key_alternative": "name_alternative"},
    "translation": {"name_key": "name"},
}


def folded(title: str | None) -> str:
    plain = unicodedata.normalize("NFKD", (title or "").casefold())
    return "".join(letter for letter in plain if letter.isalnum())[:64]


def upgrade() -> None:
    for name, keys in KEYS.items():
        # Column by column: a rebuilt table of SQLite would take along what hangs on a release.
        for key in keys:
            op.add_column(name, sa.Column(key, sa.String(length=64), nullable=False, server_default=""))
        table = sa.table(name, sa.column("id"), *(sa.column(column) for pair in keys.items() for column in pair))
        connection = op.get_bind()
        rows = connection.execute(sa.select(table)).mappings().all()
        values = [{"row_id": row["id"], **{key: folded(row[title]) for key, title in keys.items()}} for row in rows]
        if values:
            connection.execute(
                sa.update(table)
                .where(table.c.id == sa.bindparam("row_id"))
                .values({key: sa.bindparam(key) for key in keys}),
                values,
            )
        for key in keys:
            op.create_index(f"ix_{name}_{key}", name, [key], unique=False)


def downgrade() -> None:
    for name, keys in KEYS.items():
        for key in keys:
            op.drop_index(f"ix_{name}_{key}", table_name=name)
            op.drop_column(name, key)
