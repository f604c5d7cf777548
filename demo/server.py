"""Serves 云岭县 as a mirror (contract §6): ``/SCHEME/HOST/PATH?QUERY`` stands for ``SCHEME://HOST/PATH?QUERY``."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from types import TracebackType
from typing import NamedTuple, Self

from aiohttp import web

from demo.county import County
from demo.pages import api
from demo.pages.answer import Answer
from demo.pages.conditions import conditional
from demo.pages.sites import answer

Override = tuple[int, Mapping[str, str], bytes]
Overrides = Mapping[str, Override] | Callable[[str], Override | None]
_ANY_PATH = "/{tail:.*}"


class Asked(NamedTuple):
    """One request that the mirror answered; both times are of the monotonic clock, for pace."""

    at_seconds: float
    method: str
    url: str
    status: int
    done_at_seconds: float = 0.0


class CountyServer:
    """The county's platforms on one local address, in a thread of their own.

    ``now`` says at what moment the pages are seen; set it between nights. ``log`` holds every request
    in the order of their answers. ``answer_seconds`` is how long each answer takes, without holding up the
    others. ``overrides`` is a mapping from a pattern of original addresses (``*`` and ``?`` stand for
    anything) to ``(status, headers, body)``, or a function of the address that gives one or ``None``.
    """

    def __init__(self, county: County, host: str = "127.0.0.1", port: int = 0, *, now: datetime | None = None) -> None:
        self.county, self.now = county, now or county.nights[0]
        self.log: list[Asked] = []
        self.overrides: Overrides = {}
        self.answer_seconds = 0.0
        self._host, self._port = host, port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The mirror's address for ``crawl.mirror``."""
        return f"http://{self._host}:{self._port}"

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="county-mirror", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop is not None and self._thread is not None and self._runner is not None  # noqa: S101
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _begin(self) -> None:
        app = web.Application()
        app.router.add_route("*", _ANY_PATH, self._serve)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def _serve(self, request: web.Request) -> web.Response:
        url, asked_at = original_url(request.raw_path), time.monotonic()
        given = self._overridden(url) or self._played(url, await request.read())
        given = conditional(given, request.headers)
        if self.answer_seconds:
            await asyncio.sleep(self.answer_seconds)
        self.log.append(Asked(asked_at, request.method, url, given.status, time.monotonic()))
        return web.Response(status=given.status, body=given.body, headers=dict(given.headers))

    def _played(self, url: str, body: bytes) -> Answer:
        return api.answer(self.county, url, self.now, body) or answer(self.county, url, self.now)

    def _overridden(self, url: str) -> Answer | None:
        if callable(self.overrides):
            found = self.overrides(url)
        else:
            found = next((value for pattern, value in self.overrides.items() if fnmatchcase(url, pattern)), None)
        return None if found is None else Answer(found[0], found[2], found[1])


def original_url(raw_path: str) -> str:
    """The original address that a path below the mirror stands for; ``""`` if it is none."""
    scheme, slash, rest = raw_path.removeprefix("/").partition("/")
    return f"{scheme}://{rest}" if slash and scheme in ("http", "https") and rest else ""
