"""Facebook's part in a rehearsal: it takes photos and posts, and shows them again.

Ids depend on what is posted and how often, never on the time or the order of other posts, so
that two rehearsals give the same bytes.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    import httpx2


class StandIn:
    """Answers the few calls that the channel makes, for any page and any token."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()
        self._posts: dict[str, dict[str, Any]] = {}

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        import httpx2

        content = request.read()
        path = request.url.path.split("/")[2:]
        with self._lock:
            match request.method, path:
                case "POST", [page, "photos"]:
                    boundary = request.headers["content-type"].partition("boundary=")[2].encode()
                    photo = content.replace(boundary, b"")
                    answer: dict[str, Any] = {"id": self._number("photo", page, photo)}
                case "POST", ["debug_token"]:
                    answer = {"data": {"is_valid": True, "expires_at": 0}}
                case "POST", [page, "feed"]:
                    answer = self._post(page, content)
                case "GET", [page, "feed"]:
                    posts = self._posts.values()
                    answer = {"data": [p for p in posts if p["id"].startswith(f"{page}_")][::-1]}
                case "GET", [name]:
                    answer = self._posts.get(name) or {"id": name, "name": "Trang diễn tập"}
                case "DELETE", [_]:
                    answer = {"success": True}
                case _:
                    error = {"code": 100, "error_subcode": 33, "message": "no such address"}
                    return httpx2.Response(400, json={"error": error})
        return httpx2.Response(200, json=answer)

    def _post(self, page: str, content: bytes) -> dict[str, Any]:
        form = parse_qs(content.decode(), keep_blank_values=True)
        post = f"{page}_{self._number('post', page, content)}"
        link = f"https://www.facebook.com/{post}"
        self._posts[post] = {
            "id": post,
            "permalink_url": link,
            "message": form.get("message", [""])[0],
        }
        return {"id": post, "permalink_url": link}

    def _number(self, kind: str, page: str, content: bytes) -> str:
        digest = hashlib.sha256(b"\0".join((kind.encode(), page.encode(), content))).hexdigest()
        self._seen[digest] += 1
        return str(int(f"{digest[:12]}{self._seen[digest]:04x}", 16))
