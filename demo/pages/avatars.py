"""Profile pictures of the county's accounts: drawn from the address, so that each has its own and always the same.

An address that ends in ``-copy`` is the picture of the account before it, saved again as an impostor would have it.
"""

from __future__ import annotations

import io
import random
import re
from datetime import datetime
from urllib.parse import urlsplit
from zlib import crc32

from PIL import Image, ImageDraw

from demo.county import County
from demo.pages.answer import Answer, html

_NAMED = re.compile(r"/(?:[\w.]+/)?(?:yl)?(\w+?)(-copy)?(?:~300x300)?\.(?:jpg|image)")
_SIZE, _COPY_SIZE, _N_SHAPES = 180, 150, 7


def answer(_county: County, url: str, _now: datetime) -> Answer:
    """The picture of the account that the address names."""
    named = _NAMED.fullmatch(urlsplit(url).path)
    if named is None:
        return html("<title>404 Not Found</title><h1>404</h1>", 404)
    return Answer(200, picture(named[1], is_copy=named[2] is not None), {"Content-Type": "image/jpeg"})


def picture(name: str, *, is_copy: bool = False) -> bytes:
    """A JPEG picture of circles, drawn from a name; a copy of it is smaller and saved worse."""
    chosen = random.Random(crc32(name.encode()))  # noqa: S311 (a drawing)
    drawn = Image.new("RGB", (_SIZE, _SIZE), "white")
    pen = ImageDraw.Draw(drawn)
    for _ in range(_N_SHAPES):
        x, y, radius = (chosen.randrange(limit) for limit in (_SIZE, _SIZE, _SIZE // 3))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=chosen.randrange(0xFFFFFF))
    into = io.BytesIO()
    shown = drawn.resize((_COPY_SIZE, _COPY_SIZE)) if is_copy else drawn
    shown.save(into, "JPEG", quality=35 if is_copy else 90)
    return into.getvalue()
