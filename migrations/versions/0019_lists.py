"""Add lists, imports, identifiers in other catalogues, and the voice-over last heard"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0019_lists"
down_revision = "0018_moderation"
branch_labels = None
depends_on = None

CATALOGUES = ("mal", "shikimori", "anilist", "anidb", "kinopoisk", "imdb")


def upgrade() -> None:
    op.create_table(
        "user_lists",
        sa.Column("id", Id(), nullable=False),
        sa.Column("owner_id", Id(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(length=8), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_user_lists_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_lists")),
        sa.UniqueConstraint("token", name=op.f("uq_user_lists_token")),
    )
    op.create_index(op.f("ix_user_lists_owner_id_revision"), "user_lists", ["owner_id", "revision"])
    op.create_table(
        "user_list_items",
        sa.Column("list_id", Id(), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["user_lists.id"], name=op.f("fk_user_list_items_list_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("list_id", "release_id", name=op.f("pk_user_list_items")),
    )
    op.create_index(op.f("ix_user_list_items_release_id"), "user_list_items", ["release_id"])
    op.create_table(
        "library_imports",
        sa.Column("id", Id(), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("matches", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("policy", sa.String(length=8), nullable=False),
        sa.Column("choices", Json(), nullable=False),
        sa.Column("job_id", Id(), nullable=True),
        sa.Column("result", Json(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_library_imports_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_imports")),
    )
    op.create_index(op.f("ix_library_imports_expires_at"), "library_imports", ["expires_at"])
    op.create_index(op.f("ix_library_imports_user_id_created_at"), "library_imports", ["user_id", "created_at"])
    # Columns that may be empty are added in place by both databases: no table is rebuilt.
    for catalogue in CATALOGUES:
        op.add_column("release", sa.Column(f"external_{catalogue}", sa.String(length=16), nullable=True))
        op.create_index(op.f(f"ix_release_external_{catalogue}"), "release", [f"external_{catalogue}"])
    op.add_column("watch_progress", sa.Column("audio_language", sa.String(length=35), nullable=True))
    op.add_column("watch_progress", sa.Column("audio_label", sa.String(length=120), nullable=True))


def downgrade() -> None:
    op.drop_column("watch_progress", "audio_label")
    op.drop_column("watch_progress", "audio_language")
    for catalogue in CATALOGUES:
        op.drop_index(op.f(f"ix_release_external_{catalogue}"), "release")
        op.drop_column("release", f"external_{catalogue}")
    op.drop_table("library_imports")
    op.drop_table("user_list_items")
    op.drop_table("user_lists")
