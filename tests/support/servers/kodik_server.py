"""A server of Kodik's shape: `/list` with pages, limits of its rate, errors in answers of 200, and data that changes."""

import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

TOKEN = "kodik-token"


def row(number: int, translation: str = "AniLibria", **changes: Any) -> dict[str, Any]:
    """One translation of a work."""
    made: dict[str, Any] = {
        "id": f"serial-{number}-{translation}",
        "type": "anime-serial",
        "link": f"//kodik.example/serial/{number}/hash/720p",
        "title": f"Работа {number:03}",
        "title_orig": f"Hataraki {number:03}",
        "other_title": f"Work {number:03} / Arbeit {number:03}",
        "translation": {"id": 1, "title": translation, "type": "voice"},
        "year": 2000 + number % 20,
        "last_season": 1,
        "last_episode": 12,
        "episodes_count": 12,
        "shikimori_id": str(100 + number),
        "updated_at": f"2026-01-01T00:{number % 60:02}:00Z",
        "material_data": {
            "anime_kind": "tv",
            "anime_status": "released",
            "year": 2000 + number % 20,
            "episodes_total": 12,
            "anime_genres": ["Комедия", "Школа"],
            "anime_description": "О <b>работе</b>.<script>alert(1)</script>",
            "rating_mpaa": "PG-13",
        },
    }
    return made | changes


class KodikServer:
    """What it holds, and how it behaves; both may change while it is read."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.asked: list[dict[str, str]] = []
        self.trouble: Callable[[int], web.StreamResponse | None] = lambda _: None
        """Called with the number of the request; what it answers instead of a page."""
        self.between: Callable[[int], None] = lambda _: None
        """Called after each page."""
        self.remaining = 1_000

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/list", self._list)
        return app

    async def _list(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.query))
        odd = self.trouble(len(self.asked))
        if odd is not None:
            return odd
        if request.query.get("token") != TOKEN:
            return web.json_response({"error": "Отсутствует или неверный токен"})
        limit = int(request.query.get("limit", "50"))
        ordered = sorted(self.rows, key=lambda each: (each["updated_at"], each["id"]), reverse=True)
        after = request.query.get("next")
        if after:
            stamp = tuple(after.split("~"))
            ordered = [each for each in ordered if (each["updated_at"], each["id"]) < stamp]
        page = ordered[:limit]
        more = len(ordered) > limit
        self.remaining -= 1
        answer: dict[str, Any] = {"time": "1ms", "total": len(self.rows), "results": page}
        answer["prev_page"] = None
        cursor = f"{page[-1]['updated_at']}~{page[-1]['id']}" if more else ""
        answer["next_page"] = f"http://169.254.169.254/list?next={cursor}" if more else None
        self.between(len(self.asked))
        headers = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": str(self.remaining)}
        headers["X-RateLimit-Reset"] = str(int(time.time()) + 1)
        return web.json_response(answer, headers=headers)
