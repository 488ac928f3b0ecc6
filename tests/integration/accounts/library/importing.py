"""Importing a library over HTTP."""

import asyncio
from typing import Any

from tests.support.catalog.library import Api


async def preview(api: Api, data: bytes, query: str = "") -> dict[str, Any]:
    status, body = await api("POST", f"library/import{query}", data=data)
    assert status == 201, body
    return dict(body)


async def apply(api: Api, import_id: str, **how: Any) -> dict[str, Any]:
    """What importing it did, once it is done."""
    status, body = await api("POST", f"library/import/{import_id}/apply", how)
    assert status == 200, body
    assert body["job_id"]
    async with asyncio.timeout(20):
        while not (body := await api.get(f"library/import/{import_id}"))["result"]["finished"]:
            await asyncio.sleep(0.02)
    return dict(body["result"])
