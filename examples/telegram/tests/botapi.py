"""The Bot API, as far as it is documented for sending and deleting, on a port of this machine.

It reads the tags that it documents and no others, counts in UTF-16 units, and keeps to the 48 hours.
"""

from __future__ import annotations

import email
import email.policy
import html.parser
import json
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TAGS = frozenset(("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote"))
TOKEN = "123456:AAtestTOKEN"


class Refused(Exception):
    """An answer that is not ``ok``."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


class Entities(html.parser.HTMLParser):
    """What the API makes of HTML: words, and the tags around them."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words, self.open, self.used = "", list[str](), set[str]()
        self.feed(markup)
        self.close()
        if self.open:
            raise Refused(400, f"Bad Request: can't parse entities: no end of {self.open[-1]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise Refused(400, f"Bad Request: can't parse entities: unsupported start tag {tag!r}")
        self.open.append(tag)
        self.used.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refused(400, "Bad Request: can't parse entities: unexpected end tag")

    def handle_data(self, data: str) -> None:
        self.words += data


class Api:
    """The server, and the messages that stand in its one channel, @xa_nha_nam."""

    def __init__(self) -> None:
        self.messages: dict[int, dict[str, Any]] = {}
        self.now = 1_620_000_000
        self.number = 40
        self.refusal: Refused | None = None
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                try:
                    _slash, bot, method = self.path.split("/")
                    if bot != f"bot{TOKEN}":
                        raise Refused(401, "Unauthorized")
                    status, said = 200, {"ok": True, "result": api.do(method, *fields(self.headers, body))}
                except Refused as error:
                    status, said = error.status, {"ok": False, "error_code": error.status}
                    said |= {"description": error.description}
                    said |= {"parameters": error.parameters} if error.parameters else {}
                data = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *said: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=partial(self.server.serve_forever, 0.01), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def do(self, method: str, given: dict[str, Any], photo: bytes) -> Any:
        if self.refusal is not None:
            raise self.refusal
        if method == "getMe":
            return {"id": 123456, "is_bot": True, "first_name": "Loa", "username": "loa_bot"}
        if str(given.get("chat_id")) not in ("@xa_nha_nam", "-1001234"):
            raise Refused(400, "Bad Request: chat not found")
        if method == "deleteMessage":
            return self.delete(int(given["message_id"]))
        words, most = (given.get("caption", ""), 1024) if method == "sendPhoto" else (given["text"], 4096)
        read = Entities(words) if given.get("parse_mode") == "HTML" else None
        seen = read.words if read else words
        if not seen.strip() and not photo:
            raise Refused(400, "Bad Request: message text is empty")
        if len(seen.encode("utf-16-le")) // 2 > most:
            raise Refused(400, "Bad Request: message is too long")
        self.number += 1
        kept = {"seen": seen, "tags": read.used if read else set(), "date": self.now, "photo": photo, "given": given}
        self.messages[self.number] = kept
        chat = {"id": -1001234, "type": "channel", "username": "xa_nha_nam"}
        return {"message_id": self.number, "date": self.now, "chat": chat}

    def delete(self, number: int) -> bool:
        if number not in self.messages:
            raise Refused(400, "Bad Request: message to delete not found")
        if self.now - self.messages[number]["date"] > 48 * 3600:
            raise Refused(400, "Bad Request: message can't be deleted for everyone")
        del self.messages[number]
        return True

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def fields(headers: Any, body: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the fields of a request, in JSON or as a form with a file."""
    if headers["content-type"] == "application/json":
        return json.loads(body), b""
    head = f"content-type: {headers['content-type']}\r\n\r\n".encode()
    given, photo = dict[str, Any](), b""
    for part in email.message_from_bytes(head + body, policy=email.policy.HTTP).iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        if name == "photo":
            photo = data
        else:
            given[name] = data.decode()
    return given, photo
