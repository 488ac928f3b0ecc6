"""Where jobs are stored."""

from sqlalchemy import Column, Float, Index, Integer, SmallInteger, String, Table

from kernel.db import Id, Json, UtcDateTime, metadata

job_table = Table(
    "job",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("key", String(200), unique=True),
    Column("owner_id", Id),
    Column("payload", Json, nullable=False),
    Column("state", String(12), nullable=False),
    Column("stage", String(80), nullable=False, default=""),
    Column("progress", Float, nullable=False, default=0.0),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, default=0),
    # Drawn anew by whoever claims the job: a worker that was taken for lost finds another one here, and stops.
    Column("claim_id", Id),
    Column("cancelled_at", UtcDateTime),
    Column("error", Json),
    Column("result", Json),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime),
    # When what the job waits out began; empty where it waits for its turn alone.
    Column("waiting_since", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Index("ix_job_state", "state", "not_before"),
    Index("ix_job_ended_at", "ended_at"),
)
