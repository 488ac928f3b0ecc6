"""``python -m server.openapi`` prints the OpenAPI document; the web client's types are made from it (``make api-types``)."""

import asyncio
import sys
import tempfile
from pathlib import Path

import orjson

from server.boot import open_services
from server.openapi.document import openapi_document
from server.settings import Settings


async def current() -> bytes:
    """Of the default settings, without a version: the types do not change with it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load(_env_file=None, data_dir=Path(folder))
        async with open_services(settings) as services:
            endpoints = [endpoint for router in services.feature.routers for endpoint in router.endpoints]
            return orjson.dumps(openapi_document(endpoints, version="", url=settings.url))


if __name__ == "__main__":
    sys.stdout.buffer.write(asyncio.run(current()))
