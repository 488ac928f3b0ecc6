"""Add teams"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0016_teams"
down_revision = "0015_device_login"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("avatar_url", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("slug", name=op.f("uq_teams_slug")),
    )
    op.create_table(
        "team_invitations",
        sa.Column("id", Id(), nullable=False),
        sa.Column("team_id", Id(), nullable=False),
        sa.Column("kind", sa.Enum("link", "email", name="kind", native_enum=False, length=16), nullable=False),
        sa.Column("inviter_id", Id(), nullable=False),
        sa.Column("role_id", Id(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("declined_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["inviter_id"], ["users.id"], name=op.f("fk_team_invitations_inviter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_invitations_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_team_invitations_token_hash")),
    )
    with op.batch_alter_table("team_invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_invitations_email_key"), ["email_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_team_invitations_inviter_id"), ["inviter_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_team_invitations_team_id_created_at"), ["team_id", "created_at"], unique=False
        )

    op.create_table(
        "team_members",
        sa.Column("team_id", Id(), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_team_members_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_team_members")),
    )
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_members_user_id"), ["user_id"], unique=False)

    op.create_table(
        "team_roles",
        sa.Column("id", Id(), nullable=False),
        sa.Column("team_id", Id(), nullable=False),
        sa.Column("title", sa.String(length=32), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("user", "editor", "moderator", "admin", name="level", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("permissions", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_roles_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_roles")),
    )
    with op.batch_alter_table("team_roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_roles_team_id"), ["team_id"], unique=False)

    op.create_table(
        "team_member_roles",
        sa.Column("team_id", Id(), nullable=False),
        sa.Column("user_id", Id(), nullable=False),
        sa.Column("role_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["team_roles.id"], name=op.f("fk_team_member_roles_role_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "user_id"],
            ["team_members.team_id", "team_members.user_id"],
            name=op.f("fk_team_member_roles_team_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "user_id", "role_id", name=op.f("pk_team_member_roles")),
    )
    with op.batch_alter_table("team_member_roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_member_roles_role_id"), ["role_id"], unique=False)

    op.add_column("letters", sa.Column("about_id", Id(), nullable=True))


def downgrade() -> None:
    op.drop_column("letters", "about_id")
    with op.batch_alter_table("team_member_roles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_member_roles_role_id"))

    op.drop_table("team_member_roles")
    with op.batch_alter_table("team_roles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_roles_team_id"))

    op.drop_table("team_roles")
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_members_user_id"))

    op.drop_table("team_members")
    with op.batch_alter_table("team_invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_invitations_team_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_team_invitations_inviter_id"))
        batch_op.drop_index(batch_op.f("ix_team_invitations_email_key"))

    op.drop_table("team_invitations")
    op.drop_table("teams")
