"""Add people, studios and tags of releases"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0035_people"
down_revision = "0034_add_schedules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", Id(), nullable=False),
        sa.Column("alias", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("names", Json(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("alias", name=op.f("uq_person_alias")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_name_key"), ["name_key"], unique=False)

    op.create_table(
        "studio",
        sa.Column("id", Id(), nullable=False),
        sa.Column("alias", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("names", Json(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studio")),
        sa.UniqueConstraint("alias", name=op.f("uq_studio_alias")),
    )
    with op.batch_alter_table("studio", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_studio_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_studio_name_key"), ["name_key"], unique=False)

    op.create_table(
        "tag",
        sa.Column("id", Id(), nullable=False),
        sa.Column("alias", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("names", Json(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "theme",
                "setting",
                "cast",
                "demographic",
                "technical",
                "content",
                "other",
                name="tagcategory",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("spoiler", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("alias", name=op.f("uq_tag_alias")),
    )
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tag_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_tag_name_key"), ["name_key"], unique=False)

    op.create_table(
        "person_redirect",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["person.id"], name=op.f("fk_person_redirect_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_person_redirect")),
    )
    with op.batch_alter_table("person_redirect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_redirect_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "release_credit",
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "original_creator",
                "director",
                "assistant_director",
                "script",
                "storyboard",
                "character_design",
                "animation_director",
                "art_director",
                "photography_director",
                "sound_director",
                "music",
                "theme_song",
                "editing",
                "producer",
                "voice",
                "other",
                name="staffrole",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("character", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["person.id"], name=op.f("fk_release_credit_entry_id")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_credit_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_credit")),
    )
    with op.batch_alter_table("release_credit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_credit_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "release_studio",
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("animation", "producer", "licensor", name="studiorole", native_enum=False, length=20),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["studio.id"], name=op.f("fk_release_studio_entry_id")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_studio_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_studio")),
    )
    with op.batch_alter_table("release_studio", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_studio_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "release_tag",
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("spoils", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["tag.id"], name=op.f("fk_release_tag_entry_id")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_tag_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_tag")),
    )
    with op.batch_alter_table("release_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_tag_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "studio_redirect",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["studio.id"], name=op.f("fk_studio_redirect_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_studio_redirect")),
    )
    with op.batch_alter_table("studio_redirect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_studio_redirect_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "tag_redirect",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["tag.id"], name=op.f("fk_tag_redirect_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tag_redirect")),
    )
    with op.batch_alter_table("tag_redirect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tag_redirect_entry_id"), ["entry_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("tag_redirect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tag_redirect_entry_id"))

    op.drop_table("tag_redirect")
    with op.batch_alter_table("studio_redirect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_studio_redirect_entry_id"))

    op.drop_table("studio_redirect")
    with op.batch_alter_table("release_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_tag_entry_id"))

    op.drop_table("release_tag")
    with op.batch_alter_table("release_studio", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_studio_entry_id"))

    op.drop_table("release_studio")
    with op.batch_alter_table("release_credit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_credit_entry_id"))

    op.drop_table("release_credit")
    with op.batch_alter_table("person_redirect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_redirect_entry_id"))

    op.drop_table("person_redirect")
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tag_name_key"))
        batch_op.drop_index(batch_op.f("ix_tag_name"))

    op.drop_table("tag")
    with op.batch_alter_table("studio", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_studio_name_key"))
        batch_op.drop_index(batch_op.f("ix_studio_name"))

    op.drop_table("studio")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_name_key"))
        batch_op.drop_index(batch_op.f("ix_person_name"))

    op.drop_table("person")
