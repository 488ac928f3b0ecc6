"""What is counted, for ``/metrics`` (Prometheus text format).  A feature declares its own beside these in its files."""

from prometheus_client import Counter, Gauge, Histogram

HTTP_REQUESTS = Counter("ani_http_requests_total", "HTTP requests answered", ["method", "route", "status"])
HTTP_SECONDS = Histogram(
    "ani_http_request_seconds",
    "Time from request to answer",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
CONNECTIONS_REFUSED = Counter(
    "ani_connections_refused_total",
    "Connections that were not let in: address (too many from there), rate (too fast), full (of the process), open_files",
    ["reason"],
)
CONNECTIONS_ENDED = Counter(
    "ani_connections_ended_total",
    "Connections ended because nothing came of them: silent (no request), stranger (no namespace), displaced (by newer ones)",
    ["reason"],
)
OUTBOX_DELIVERIES = Counter("ani_outbox_deliveries_total", "Domain events handed to subscribers", ["outcome"])
JOBS = Counter("ani_jobs_total", "Background jobs ended", ["kind", "state"])
JOBS_RUNNING = Gauge("ani_jobs_running", "Background jobs running in this process")
