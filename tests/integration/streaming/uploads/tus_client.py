"""A client of tus, and how its answers are read and waited for."""

import asyncio
import base64
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse

from server.settings import Settings
from tests.conftest import AppClient
from tests.support.people import Person

UPLOADS = "/api/v1/uploads"
OCTETS = {"Content-Type": "application/offset+octet-stream"}


def metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


class Tus:
    """A client that knows the protocol and one episode to upload for."""

    def __init__(self, http: AppClient, person: Person | None, episode_id: str) -> None:
        self.http = http
        self.headers = {"Tus-Resumable": "1.0.0", **(person.headers if person else {})}
        self.episode_id = episode_id

    async def create(self, length: int | str, *, name: str = "Film.mp4", **headers: str) -> ClientResponse:
        given = {"Upload-Length": str(length), "Upload-Metadata": metadata(filename=name, episode_id=self.episode_id)}
        return await self.http.post(UPLOADS, headers={**self.headers, **given, **headers})

    async def created(self, length: int) -> str:
        answer = await self.create(length)
        assert answer.status == 201, await answer.text()
        return answer.headers["Location"]

    async def patch(self, url: str, offset: int, body: Any, **headers: str) -> ClientResponse:
        given = {"Upload-Offset": str(offset), **OCTETS}
        return await self.http.patch(url, data=body, headers={**self.headers, **given, **headers})

    async def head(self, url: str) -> ClientResponse:
        return await self.http.head(url, headers=self.headers)

    async def delete(self, url: str) -> ClientResponse:
        return await self.http.delete(url, headers=self.headers)


def files(settings: Settings) -> list[Path]:
    return sorted(settings.uploads_dir.glob("*"))


async def code(answer: ClientResponse) -> tuple[int, str]:
    return answer.status, (await answer.json())["code"]


async def finished(http: AppClient, tus: Tus, job_id: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            answer = await http.get(f"/api/v1/jobs/{job_id}", headers=tus.headers)
            job: dict[str, Any] = await answer.json()
            assert answer.status == 200, job
            if job["state"] in {"succeeded", "failed"}:
                return job
            await asyncio.sleep(0.1)


async def until_offset(tus: Tus, url: str, offset: int) -> None:
    async with asyncio.timeout(10):
        while int((await tus.head(url)).headers["Upload-Offset"]) < offset:
            await asyncio.sleep(0.02)


async def offset_once_free(tus: Tus, url: str) -> int:
    """The offset once the server has noticed that the other connection is gone."""
    async with asyncio.timeout(10):
        while True:
            answer = await tus.patch(url, 10**9, b"")
            if (await code(answer))[1] != "upload_busy":
                return int((await tus.head(url)).headers["Upload-Offset"])
            await asyncio.sleep(0.02)
