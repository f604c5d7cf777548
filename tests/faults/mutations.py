"""Ways in which a page comes damaged: cut, flipped, doubled, retyped, nested, mis-encoded, shuffled, each by seed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from urllib.parse import quote, unquote

Mutation = Callable[[bytes, Random], bytes]
LONGEST_SPAN = 4000
DEEP = 3000
OTHERS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 10**30, 1e308, "", " ", "0", "x", "<", "&#x0;", "\x00", "\ud800", "刚刚", "9999-99-99",
    "https://[", "javascript:alert(1)", "//", [], {}, [None], [[]], [{}], {"": None}, {"text": []},
)  # fmt: skip
# A value as it stands in JSON, in a script, or in a string that holds JSON itself.
_VALUE = re.compile(
    rb"""([:=]\s*)("(?:[^"\\\n]|\\.){0,400}"|'[^'\n]{0,400}'|\\"[^"\\]{0,400}\\"|-?\d+|true|false|null|\[\]|\{\})"""
)
_LITERALS = (b"null", b"0", b"-1", b"true", b'""', b"[]", b"{}", b"[[]]", b'"x"', b"1e999", b"NaN", b'{"a":[]}', b"''")
_HALVES = ("\ud800", "\ud83d", "\udbff", "\udc00", "\ude00", "\udfff")
_TAG = re.compile(rb"<[^<>]{1,300}>")
_PERCENT_JSON = re.compile(rb"%7B[\w%.~*-]{20,}%7D")


def cut(body: bytes, random: Random) -> bytes:
    """The page up to some byte."""
    return body[: random.randrange(len(body) + 1)]


def flip_bytes(body: bytes, random: Random) -> bytes:
    """The page with one to twenty bytes changed."""
    damaged = bytearray(body)
    for _ in range(random.randint(1, 20) if body else 0):
        damaged[random.randrange(len(damaged))] = random.randrange(256)
    return bytes(damaged)


def delete_span(body: bytes, random: Random) -> bytes:
    """The page without a stretch."""
    start, end = _span(body, random)
    return body[:start] + body[end:]


def double_span(body: bytes, random: Random) -> bytes:
    """The page with a stretch that comes twice."""
    start, end = _span(body, random)
    return body[:end] + body[start:]


def move_span(body: bytes, random: Random) -> bytes:
    """The page with a stretch elsewhere."""
    start, end = _span(body, random)
    rest = body[:start] + body[end:]
    place = random.randrange(len(rest) + 1)
    return rest[:place] + body[start:end] + rest[place:]


def retype(body: bytes, random: Random) -> bytes:
    """JSON with one to three values replaced by others of another type; other pages are given back."""
    data = _json_of(body)
    if data is None:
        return body
    for _ in range(random.randint(1, 3)):
        places = list(_places(data))
        if places:
            holder, key = random.choice(places)
            holder[key] = random.choice(OTHERS)
    return _json_text(data, plain=random.random() < 0.5) or body


def drop_field(body: bytes, random: Random) -> bytes:
    """JSON without one of its fields or elements."""
    data = _json_of(body)
    places = [] if data is None else list(_places(data))
    if not places:
        return body
    holder, key = random.choice(places)
    del holder[key]
    return _json_text(data, plain=False) or body


def replace_literal(body: bytes, random: Random) -> bytes:
    """The page with one value of its scripts or JSON replaced, whatever holds it; percent-encoded JSON too."""
    held = list(_PERCENT_JSON.finditer(body))
    if held and random.random() < 0.7:
        found = random.choice(held)
        inner = replace_literal(unquote(found[0].decode("latin-1")).encode(), random)
        return body[: found.start()] + quote(inner).encode() + body[found.end() :]
    values = list(_VALUE.finditer(body))
    if not values:
        return body
    found = random.choice(values)
    return body[: found.start(2)] + random.choice(_LITERALS) + body[found.end(2) :]


def halve_character(body: bytes, random: Random) -> bytes:
    """The page with half of a surrogate pair within one of its strings, as where an emoji was cut in two."""
    data = _json_of(body)
    places = [] if data is None else [(one, key) for one, key in _places(data) if isinstance(one[key], str)]
    if places:
        holder, key = random.choice(places)
        holder[key] = _with_half(holder[key], random)
        return _json_text(data, plain=random.random() < 0.8) or body
    strings = [found for found in _VALUE.finditer(body) if found[2][:1] in (b'"', b"'")]
    if not strings:
        return body
    at = random.choice(strings).start(2) + 1
    return body[:at] + random.choice(_HALVES).encode("unicode_escape") + body[at:]


def _with_half(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(_HALVES) + text[at:]


def nest(body: bytes, random: Random) -> bytes:
    """The page with a deep nest in place of one value, or around all of it."""
    opening, closing = random.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"<div>", b"</div>"), (b"<a", b"</a>")))
    nested = opening * DEEP + b"1" + closing * (DEEP if random.random() < 0.5 else 0)
    values = list(_VALUE.finditer(body))
    if not values or random.random() < 0.2:
        return opening * DEEP + body + closing * DEEP
    found = random.choice(values)
    return body[: found.start(2)] + nested + body[found.end(2) :]


def break_encoding(body: bytes, random: Random) -> bytes:
    """The page in another encoding, with another mark in front, or with bytes that are none."""
    text = body.decode("utf-8", "replace")
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: text.encode("gbk", "replace"),
        lambda: text.encode("utf-16"),
        lambda: b"\xef\xbb\xbf" + body,
        lambda: body.replace(b"\xe4", b"\xff"),
        lambda: body.replace(b" ", b"\x00", 5),
        lambda: text.encode("unicode_escape"),
        lambda: body.decode("latin-1").encode("utf-8"),
        lambda: body.replace(b'"', b"&quot;"),
        lambda: body.replace(b"charset=utf-8", b"charset=x-none").replace(b'charset="utf-8"', b'charset="utf-7"'),
    )
    return random.choice(ways)()


def reorder(body: bytes, random: Random) -> bytes:
    """HTML or XML with some of its tags in other places."""
    tags = list(_TAG.finditer(body))
    if len(tags) < 3:
        return body
    chosen = sorted(random.sample(range(len(tags)), min(len(tags), random.randint(2, 8))))
    shuffled = random.sample(chosen, len(chosen))
    parts, end = [], 0
    for place, other in zip(chosen, shuffled, strict=True):
        parts += [body[end : tags[place].start()], tags[other][0]]
        end = tags[place].end()
    return b"".join(parts) + body[end:]


def wrap(body: bytes, random: Random) -> bytes:
    """The page inside another: as a browser shows JSON, as a string, in a list, or twice."""
    ways = (b"<html><body><pre>" + body + b"</pre></body></html>", b"[" + body + b"]", b'"' + body + b'"', body + body)
    return random.choice(ways)


MUTATIONS: dict[str, Mutation] = {
    mutation.__name__: mutation
    for mutation in (
        cut, flip_bytes, delete_span, double_span, move_span, retype, drop_field, replace_literal, halve_character,
        nest, break_encoding, reorder, wrap,
    )
}  # fmt: skip


def _span(body: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(body) + 1)
    return start, min(len(body), start + random.randint(1, LONGEST_SPAN))


def _json_of(body: bytes) -> Any:
    """The page's JSON object or list; ``None`` where it is none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict | list) else None


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a value as ``(holder, key)``; walked without recursion, as pages may be nested at will."""
    holders = [data]
    while holders:
        holder = holders.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            yield holder, key
            if isinstance(holder[key], dict | list):
                holders.append(holder[key])


def _json_text(data: Any, *, plain: bool) -> bytes | None:
    """The value as JSON; ``None`` where it is nested too deep to be written."""
    try:
        return json.dumps(data, ensure_ascii=plain).encode("utf-8", "surrogatepass")
    except RecursionError:
        return None
