"""One typed helper between HTTP and the use cases: see :mod:`kernel.http.router`."""

from kernel.http.call import ACTOR, CONTAINER, PATH_NAMES, REGION, REQUEST_ID, THROTTLE, Call, PathName, throttled
from kernel.http.endpoint import Endpoint, Prepared, Reply, Streamed, versioned
from kernel.http.etag import etag
from kernel.http.router import Router
from kernel.http.serving import path_text

__all__ = [
    "ACTOR",
    "CONTAINER",
    "PATH_NAMES",
    "REGION",
    "REQUEST_ID",
    "THROTTLE",
    "Call",
    "Endpoint",
    "PathName",
    "Prepared",
    "Reply",
    "Router",
    "Streamed",
    "etag",
    "path_text",
    "throttled",
    "versioned",
]
