"""A mirror of the made-up county that notes what it was asked, and how; single addresses can be answered otherwise."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self

from demo.county import County, load_county
from demo.pages.answer import Answer
from demo.pages.sites import answer
from demo.server import original_url

COUNTY: County = load_county()
NIGHT: datetime = COUNTY.nights[-1]


class Asked(NamedTuple):
    """One request: its original address, its headers, and how many of its host were under way with it."""

    url: str
    headers: Mapping[str, str]
    under_way: int


class Mirror:
    """Answers from ``pages`` by original address (``(status, headers, body)``), else as the county would that night.

    ``pause_seconds`` is what each answer takes; ``watch`` is called at every request.
    """

    def __init__(self, pages: Mapping[str, tuple[int, Mapping[str, str], bytes]] | None = None) -> None:
        self.pages = dict(pages or {})
        self.asked: list[Asked] = []
        self.pause_seconds = 0.0
        self.watch: Callable[[], None] = lambda: None
        self._under_way = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def address(self) -> str:
        """The mirror's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def pages_asked(self) -> list[str]:
        """The original addresses that were asked for, in order, but for robots.txt."""
        return [one.url for one in self.asked if not one.url.endswith("/robots.txt")]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        url = original_url(path)
        with self._lock:
            self._under_way += 1
            self.asked.append(Asked(url, headers, self._under_way))
        self.watch()
        time.sleep(self.pause_seconds)
        given = self.pages.get(url)
        found = answer(COUNTY, url, NIGHT) if given is None else Answer(given[0], given[2], given[1])
        with self._lock:
            self._under_way -= 1
        return found

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                given = mirror._answer(self.path, dict(self.headers))
                self.send_response(given.status)
                for name, value in {**given.headers, "Content-Length": str(len(given.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(given.body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: ``asked`` is the log."""

        return Handler
