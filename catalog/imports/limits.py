"""The numbers of the importer."""

from typing import Final

CHUNK_ROWS: Final = 50
"""Rows of one transaction, and what a crash makes us read again.  With 200 of them a run without changes let the event loop wait
250 ms at a time, with 50 it is 15 ms, for 2 s more in all of 8,483 titles."""
LOOK_ROWS: Final = 500
"""Rows compared at once with what is known of them: of a source that says what it said before nothing more is done than that."""
LOOK_S: Final = 1.0
"""Those of a slow source that came in so much time are not kept waiting."""
FLUSH_ROWS: Final = 10
"""Of these the ORM writes so many at once, some 10 ms, before others get their turn."""
MAX_ROWS: Final = 1_000_000
"""Of one run: a source that never ends is ended.  The largest catalogues have a tenth."""
MAX_FILE_BYTES: Final = 64 * 1024**2
"""Of an uploaded file as it comes, packed or not."""
UPLOAD_BYTES: Final = 16 * 1024**2
"""Of a file uploaded over the API, which the database holds; bangumi-data packed has 1.4 MB."""
MAX_TEXT_BYTES: Final = 256 * 1024**2
"""Of a file unpacked: bangumi-data has 10 MB; what is larger wants to fill our memory."""
MAX_ROW_CHARS: Final = 256 * 1024
"""Of one record: the longest real ones have some kilobytes."""
KEY_MAX: Final = 200
NAMES_MAX: Final = 60
"""Other names taken from one record; a release holds a hundred."""
GENRES_MAX: Final = 30
RELATIONS_MAX: Final = 20
"""Works that one record says it belongs to; each may unite two franchises."""
RELATED_AT_ONCE: Final = 5
"""Relations made in one transaction: each writes a franchise anew, 30 ms for one of fifty works, and nobody else writes to SQLite
meanwhile."""
DESCRIPTION_MAX: Final = 10_000
PROBLEMS_KEPT: Final = 1_000
"""Rows of a run that went wrong and are shown; the rest is counted."""
DIFFS_KEPT: Final = 20_000
"""Rows of a dry run that are shown."""
RUNS_KEPT: Final = 30
"""Runs of a source that are remembered, with their rows."""
CANDIDATES_MAX: Final = 20
"""Releases that one record is compared with; a title that more share tells nobody apart."""
FAILURES_BEFORE_PAUSE: Final = 3
PAUSE_S: Final = 600
"""How long a source rests after so many failures in a row."""
RUN_LOST_AFTER_S: Final = 30
"""A run that has not written for so long has lost its process: a chunk takes seconds."""
CHUNK_ATTEMPTS: Final = 3
"""An editor may change a release in the same moment; then the chunk is read and done again."""
