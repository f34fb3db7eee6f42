"""A stand-in for the Graph API of a Facebook page, as a process of its own.

Run ``python graph.py --log FILE --token TOKEN --page ID``; it prints its port. It keeps posts and
photos as the real one does, and writes every request to the log, one JSON object a line.

``POST /_script`` takes a list of failures, each for the next request that fits its ``method`` and
``path`` (the end of the path). ``do`` is one of

- ``error``: answer ``status`` with ``code``, ``subcode``, ``message``, ``transient`` and ``headers``;
  with ``after`` the request takes effect all the same
- ``page``: answer ``status`` with an HTML page, with ``after`` as above
- ``refuse``: answer ``{"success": false}``
- ``slow``: take effect and answer after ``seconds``
- ``cut``: close the connection without an answer, with ``after`` as above
- ``empty``: take effect and answer ``{}``
- ``hide``: for a list: leave out what was posted

``POST /_visit`` takes the ``message`` of a visitor's post; ``GET /_state`` returns posts and photos;
``POST /_reset`` forgets all; ``POST /_clock`` takes ``{"now": ISO time}``, ``POST /_token`` takes ``{"expires_at":
seconds}``, where 0 is never.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

START = "2021-05-07T12:30:00+00:00"


class Refused(Exception):
    """An error of the API's own."""

    def __init__(self, code: int, message: str, subcode: int = 0) -> None:
        super().__init__(message)
        self.code, self.subcode = code, subcode


class Page:
    """What the page holds: its posts, its photos, its clock, and the failures to come."""

    def __init__(self, page: str, token: str) -> None:
        self.id, self.token = page, token
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.now = datetime.fromisoformat(START)
        self.expires = 0
        self.posts: list[dict[str, Any]] = []
        self.photos: dict[str, dict[str, Any]] = {}
        self.script: list[dict[str, Any]] = []
        self.made = 0

    def number(self) -> str:
        self.made += 1
        return str(9000 + self.made)

    def next_failure(self, method: str, path: str) -> dict[str, Any] | None:
        with self.lock:
            for step in self.script:
                if step.get("method", method) == method and path.endswith(step.get("path", "")):
                    self.script.remove(step)
                    return step
        return None

    def act(self, method: str, parts: list[str], query: dict[str, str], form: Form) -> Any:
        match method, parts:
            case "POST", [self.id, "photos"]:
                return self.photo(form)
            case "POST", [self.id, "feed"]:
                return self.post(form)
            case "GET", [self.id, "feed"]:
                return self.feed(query)
            case "POST", ["debug_token"] if form.fields == {"method": "get", "input_token": self.token}:
                return {"data": {"is_valid": True, "type": "PAGE", "expires_at": self.expires}}
            case "GET", [self.id]:
                return {"id": self.id, "name": "Trang thử"}
            case "GET", [name] if post := self.find(name):
                return {each: post[each] for each in ("id", "permalink_url")}
            case "DELETE", [name] if name in self.photos:
                del self.photos[name]
                return {"success": True}
            case "DELETE", [name] if post := self.find(name):
                self.posts.remove(post)
                return {"success": True}
        raise Refused(100, f"Unsupported {method} request for {'/'.join(parts)}", 33)

    def find(self, post: str) -> dict[str, Any] | None:
        return next((each for each in self.posts if each["id"] == post), None)

    def photo(self, form: Form) -> Any:
        if form.fields.get("published") != "false" or not form.file:
            raise Refused(100, "a photo is staged with published=false and a source")
        photo = self.number()
        alt = form.fields.get("alt_text_custom", "")
        self.photos[photo] = {"size": len(form.file), "alt": alt, "published": False}
        return {"id": photo}

    def post(self, form: Form) -> Any:
        media = json.loads(form.fields.get("attached_media", "[]"))
        photos = [each["media_fbid"] for each in media]
        if not (form.fields.get("message") or form.fields.get("link") or photos):
            raise Refused(100, "message, link or attached_media is needed")
        if unknown := [each for each in photos if each not in self.photos]:
            raise Refused(100, f"no such media {unknown}")
        for each in photos:
            self.photos[each]["published"] = True
        self.now += timedelta(seconds=1)
        post = f"{self.id}_{self.number()}"
        targets = [{"target": {"id": each}} for each in photos]
        inner = {"subattachments": {"data": targets}} if len(photos) > 1 else {}
        made: dict[str, Any] = {
            "id": post,
            "created_time": self.now.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "permalink_url": f"https://www.facebook.com/{self.id}/posts/{post}",
            "link": form.fields.get("link", ""),
            "from": {"id": self.id},
        }
        if form.fields.get("message"):
            made["message"] = form.fields["message"].strip()
        if photos:
            first = targets[0] if len(photos) == 1 else {"target": {"id": "album"}}
            made["attachments"] = {"data": [first | inner]}
        self.posts.append(made)
        return {"id": post, "permalink_url": made["permalink_url"]}

    def visit(self, message: str) -> None:
        form = Form("", b"")
        form.fields = {"message": message}
        self.post(form)
        self.posts[-1]["from"] = {"id": "7"}

    def feed(self, query: dict[str, str]) -> Any:
        since, limit = int(query.get("since", 0)), min(int(query.get("limit", 25)), 100)
        made = [
            post for post in reversed(self.posts) if datetime.fromisoformat(post["created_time"]).timestamp() >= since
        ]
        start = int(query.get("after", 0))
        page: dict[str, Any] = {"data": made[start : start + limit]}
        if start + limit < len(made):
            following = dict(query) | {"after": str(start + limit), "access_token": "leaked"}
            root = "https://elsewhere.invalid/v25.0"
            page["paging"] = {"next": f"{root}/{self.id}/feed?{urlencode(following)}"}
        return page


class Form:
    """What a request carried: fields, and the bytes of a file where there was one."""

    def __init__(self, content_type: str, body: bytes) -> None:
        self.fields: dict[str, str] = {}
        self.file = b""
        if content_type.startswith("application/x-www-form-urlencoded"):
            self.fields = {name: values[-1] for name, values in parse_qs(body.decode()).items()}
        elif content_type.startswith("multipart/form-data"):
            self._parts(content_type.partition("boundary=")[2].strip('"').encode(), body)

    def _parts(self, boundary: bytes, body: bytes) -> None:
        for part in body.split(b"--" + boundary)[1:-1]:
            head, _, data = part[2:-2].partition(b"\r\n\r\n")
            name = head.decode().partition('name="')[2].partition('"')[0]
            if b"filename=" in head:
                self.file = data
            else:
                self.fields[name] = data.decode()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, page: Page, log: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.page, self.log = page, log


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the log file has all."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        if url.path.startswith("/_"):
            self._control(url.path, body)
            return
        form = Form(self.headers.get("Content-Type", ""), body)
        self._log(method, form)
        step = self.server.page.next_failure(method, url.path) or {"do": "", "after": True}
        query = dict(parse_qsl(url.query))
        if step.get("after") or step["do"] in {"slow", "empty", "hide"}:
            status, answer = self._act(method, url.path.split("/")[2:], query, form)
        else:
            status, answer = 200, {}
        self._end(step, status, answer)

    def _act(self, method: str, parts: list[str], query: dict[str, str], form: Form) -> tuple[int, Any]:
        try:
            if self.headers.get("Authorization") != f"Bearer {self.server.page.token}":
                raise Refused(190, "Invalid OAuth access token", 467)
            with self.server.page.lock:
                return 200, self.server.page.act(method, parts, query, form)
        except Refused as refused:
            return 400, error(refused.code, refused.subcode, str(refused))

    def _end(self, step: dict[str, Any], status: int, answer: Any) -> None:
        match step["do"]:
            case "error":
                said = error(
                    step["code"],
                    step.get("subcode", 0),
                    step.get("message", "refused"),
                    transient=step.get("transient", False),
                )
                self._answer(step.get("status", 400), said, step.get("headers", {}))
            case "page":
                self._answer(step.get("status", 502), "<html>bad gateway</html>")
            case "slow":
                time.sleep(step["seconds"])
                self._answer(status, answer)
            case "refuse":
                self._answer(200, {"success": False})
            case "cut":
                self.close_connection = True
            case "empty":
                self._answer(200, {})
            case "hide":
                self._answer(200, {"data": []})
            case _:
                self._answer(status, answer)

    def _control(self, path: str, body: bytes) -> None:
        with self.server.page.lock:
            if path == "/_script":
                self.server.page.script = json.loads(body)
            elif path == "/_reset":
                self.server.page.reset()
                self.server.log.write_bytes(b"")
            elif path == "/_visit":
                self.server.page.visit(json.loads(body)["message"])
            elif path == "/_token":
                self.server.page.expires = json.loads(body)["expires_at"]
            elif path == "/_clock":
                self.server.page.now = datetime.fromisoformat(json.loads(body)["now"])
        page = self.server.page
        self._answer(200, {"posts": page.posts, "photos": page.photos, "left": page.script})

    def _log(self, method: str, form: Form) -> None:
        line = {
            "method": method,
            "url": self.path,
            "authorization": self.headers.get("Authorization", ""),
            "fields": form.fields,
            "file": len(form.file),
        }
        with self.server.page.lock, self.server.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _answer(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        data = text.encode()
        try:
            self.send_response(status)
            kind = "text/html" if isinstance(answer, str) else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the caller did not wait


def error(code: int, subcode: int, message: str, *, transient: bool = False) -> dict[str, Any]:
    inner: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
    if subcode:
        inner["error_subcode"] = subcode
    return {"error": inner | {"is_transient": transient, "fbtrace_id": "Atrace"}}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--page", default="1001")
    given = parser.parse_args()
    page = Page(given.page, given.token)
    server = Server(page, given.log)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
