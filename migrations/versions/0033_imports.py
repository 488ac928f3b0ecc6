"""Import from other catalogues"""

import sqlalchemy as sa
from alembic import op

from kernel.db import Id, Json, UtcDateTime

revision = "0033_imports"
down_revision = "0032_ratings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_source",
        sa.Column("id", Id(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.Enum("bangumi-data", name="sourcekind", native_enum=False, length=20), nullable=False),
        sa.Column("url", sa.String(length=8192), nullable=False),
        sa.Column("options", Json(), nullable=False),
        sa.Column("cron", sa.String(length=100), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("publish", sa.Boolean(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("sealed_token", sa.String(length=2000), nullable=False),
        sa.Column("next_run_at", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("resting_until", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=False),
        sa.Column("last_success_at", UtcDateTime(), nullable=True),
        sa.Column("mark", sa.String(length=200), nullable=False),
        sa.Column("mark_id", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_source")),
        sa.UniqueConstraint("slug", name=op.f("uq_import_source_slug")),
    )
    with op.batch_alter_table("import_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_source_next_run_at"), ["next_run_at"], unique=False)

    op.create_table(
        "import_stop",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stopped_by", Id(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_stop")),
    )
    op.create_table(
        "import_conflict",
        sa.Column("id", Id(), nullable=False),
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("record_json", Json(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "doubt",
            sa.Enum(
                "several-ids",
                "ids-contradict",
                "ids-but-else-not",
                "several-titles",
                "almost",
                "series-id",
                name="doubt",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("candidates", Json(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("same", "new", "ignore", "settled", name="decision", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("release_id", Id(), nullable=True),
        sa.Column("decided_by", Id(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["import_source.id"], name=op.f("fk_import_conflict_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_conflict")),
    )
    with op.batch_alter_table("import_conflict", schema=None) as batch_op:
        batch_op.create_index("ix_import_conflict_decision", ["decision", "created_at"], unique=False)
        batch_op.create_index("ix_import_conflict_key", ["source_id", "key"], unique=False)

    op.create_table(
        "import_record",
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum("linked", "ignored", "waiting", name="recordstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("release_id", Id(), nullable=True),
        sa.Column("written", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["import_source.id"], name=op.f("fk_import_record_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "key", name=op.f("pk_import_record")),
    )
    with op.batch_alter_table("import_record", schema=None) as batch_op:
        batch_op.create_index("ix_import_record_release_id", ["release_id", "source_id"], unique=False)

    op.create_table(
        "import_run",
        sa.Column("id", Id(), nullable=False),
        sa.Column("source_id", Id(), nullable=False),
        sa.Column("active_source_id", Id(), nullable=True),
        sa.Column(
            "trigger",
            sa.Enum("person", "timetable", "command", name="trigger", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "queued", "running", "succeeded", "failed", "stopped", name="runstate", native_enum=False, length=20
            ),
            nullable=False,
        ),
        sa.Column("dry", sa.Boolean(), nullable=False),
        sa.Column("publish", sa.Boolean(), nullable=False),
        sa.Column("started_by", Id(), nullable=True),
        sa.Column("input", Json(), nullable=False),
        sa.Column("checkpoint", Json(), nullable=False),
        sa.Column("counts", Json(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("stop_requested", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.String(length=200), nullable=False),
        sa.Column("job_id", Id(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("rows_kept", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("heartbeat_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["import_source.id"], name=op.f("fk_import_run_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("active_source_id", name=op.f("uq_import_run_active_source_id")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index("ix_import_run_source", ["source_id", "created_at"], unique=False)

    op.create_table(
        "import_run_row",
        sa.Column("id", Id(), nullable=False),
        sa.Column("run_id", Id(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "created",
                "updated",
                "unchanged",
                "conflict",
                "ignored",
                "removed",
                "failed",
                name="action",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("release_id", Id(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("changes", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_run_row_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run_row")),
    )
    with op.batch_alter_table("import_run_row", schema=None) as batch_op:
        batch_op.create_index("ix_import_run_row_run", ["run_id", "action", "id"], unique=False)


def downgrade() -> None:
    for name in (
        "import_run_row",
        "import_run",
        "import_record",
        "import_conflict",
        "import_stop",
        "import_source",
    ):
        op.drop_table(name)
