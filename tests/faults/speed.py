"""Pages blown up to 3 MB in ways that make a careless pattern slow, and the CPU seconds that reading them takes."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from crawler.page import Page
from crawler.reading import read
from tests.faults.specimens import Specimen

SIZE_BYTES = 3_000_000
LIMIT_SECONDS = 1.0
GIVE_UP_SECONDS = 20
# What fills the middle of a page: text, white space, and openings that never close.
FILLINGS: dict[str, bytes] = {
    "text": "云岭县发布通知".encode(),
    "spaces": b" ",
    "wide spaces": "\u3000".encode(),
    "no width": "\u200b".encode(),
    "lines": b"\n",
    "quotes": b'"',
    "backslashes": b"\\",
    "apostrophes": b"'",
    "angles": b"<",
    "tags": b"<div>",
    "closed tags": "<p>各有关单位：现将通知公布如下，请遵照执行。</p>".encode(),
    "attributes": b'<a href="x" ',
    "scripts": b"<script>",
    "ids": b'<script id="RENDER_DATA">',
    "assignments": b"var a = b || '';\n",
    "braces": b"{",
    "objects": b'{"a":',
    "brackets": b"[",
    "entities": b"&amp;",
    "ampersands": b"&",
    "percents": b"%7B",
    "digits": b"1",
    "stars": b"*",
    "slashes": b"/",
    "comments": b"<!--",
    "words of a wall": b"__ac_signature ",
    "titles": b"<title>",
    "calls": b"JsDecode('",
    "spans": b"<span class='ctt'>",
}


@dataclass(frozen=True)
class Slow:
    """How long the slowest of the blown-up pages of one kind took to read."""

    kind: str
    way: str
    seconds: float


def blown_up(specimen: Specimen) -> Iterator[tuple[str, Page]]:
    """``(way, page)``: the page with its list, its whole, or one spot of it repeated up to 3 MB."""
    page, body = specimen.page, specimen.page.body
    yield "whole page repeated", replace(page, body=body * (SIZE_BYTES // len(body) + 1))
    longer = _longer_list(body)
    if longer is not None:
        yield "list repeated", replace(page, body=longer)
    for place in (0, len(body) // 2):
        for name, filling in FILLINGS.items():
            middle = filling * (SIZE_BYTES // len(filling))
            yield f"{name} at {place}", replace(page, body=body[:place] + middle + body[place:])


def slowest(specimen: Specimen) -> Slow:
    """The slowest way of one kind of page."""
    taken = [(seconds_to_read(page, specimen.platform), way) for way, page in blown_up(specimen)]
    seconds, way = max(taken)
    return Slow(specimen.kind, way, seconds)


def seconds_to_read(page: Page, platform: str) -> float:
    """CPU seconds of one reading; one that would take for ever is given up."""
    before, former = time.process_time(), signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(GIVE_UP_SECONDS)
    try:
        read(page, platform)
    except TimeoutError:
        return float(GIVE_UP_SECONDS)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)
    return time.process_time() - before


def _give_up(_number: int, _frame: object) -> None:
    raise TimeoutError


def _longer_list(body: bytes) -> bytes | None:
    """The JSON page with its longest list of objects repeated; ``None`` for other pages."""
    try:
        data = json.loads(body)
    except ValueError:
        return None
    longest = max(_lists(data), key=len, default=None)
    if not longest:
        return None
    each = len(json.dumps(longest, ensure_ascii=False).encode())
    longest *= SIZE_BYTES // each + 1
    return json.dumps(data, ensure_ascii=False).encode()


def _lists(data: Any) -> Iterator[list[Any]]:
    if isinstance(data, list) and data and all(isinstance(one, dict) for one in data):
        yield data
    for inside in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _lists(inside)
