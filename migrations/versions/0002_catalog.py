"""Add the catalogue"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0002_catalog"
down_revision = "0001_kernel"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "genre",
        sa.Column("id", Id(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_genre")),
        sa.UniqueConstraint("slug", name=op.f("uq_genre_slug")),
    )
    op.create_table(
        "release",
        sa.Column("id", Id(), nullable=False),
        sa.Column("alias", sa.String(length=80), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "TV",
                "ONA",
                "WEB",
                "OVA",
                "OAD",
                "MOVIE",
                "DORAMA",
                "SPECIAL",
                name="releasetype",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("name_main", sa.String(length=255), nullable=False),
        sa.Column("name_english", sa.String(length=255), nullable=True),
        sa.Column("name_alternative", sa.String(length=255), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column(
            "season",
            sa.Enum("winter", "spring", "summer", "autumn", name="season", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("age_rating", sa.Integer(), nullable=False),
        sa.Column("is_ongoing", sa.Boolean(), nullable=False),
        sa.Column("episodes_total", sa.Integer(), nullable=True),
        sa.Column("status", sa.Enum("draft", "published", name="status", native_enum=False, length=20), nullable=False),
        sa.Column("poster_url", sa.String(length=500), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("alias", name=op.f("uq_release_alias")),
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_year"), ["year"], unique=False)

    op.create_table(
        "episode",
        sa.Column("id", Id(), nullable=False),
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("ordinal", sa.Float(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("opening", Json(), nullable=True),
        sa.Column("ending", Json(), nullable=True),
        sa.Column("status", sa.Enum("draft", "published", name="status", native_enum=False, length=20), nullable=False),
        sa.Column("playable", sa.Boolean(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("thumbnail_url", sa.String(length=500), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_episode_release_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode")),
        sa.UniqueConstraint("release_id", "ordinal", name=op.f("uq_episode_release_id_ordinal")),
    )
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.create_index("ix_episode_status", ["release_id", "status"], unique=False)

    op.create_table(
        "release_genre",
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("genre_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["genre_id"], ["genre.id"], name=op.f("fk_release_genre_genre_id")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_genre_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "genre_id", name=op.f("pk_release_genre")),
    )
    with op.batch_alter_table("release_genre", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_genre_genre_id"), ["genre_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("release_genre", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_genre_genre_id"))

    op.drop_table("release_genre")
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.drop_index("ix_episode_status")

    op.drop_table("episode")
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_year"))
        batch_op.drop_index(batch_op.f("ix_release_created_at"))

    op.drop_table("release")
    op.drop_table("genre")
