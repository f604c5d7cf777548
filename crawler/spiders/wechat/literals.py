r"""Reads JavaScript literals of a page's scripts as text; no script is ever run.

Values stand as ``"…"``, ``'…'``, ``"1" * 1``, ``"" || "" || "265…"``, ``JsDecode('…\x26amp;…')``,
``htmlDecode("…")``, ``'…'.html(false)`` and ``xml ? getXmlValue('x') : '…'``. Library code of 2-3 MB
in the same page uses the same names, so only assignments at the start of a line whose whole value is
such a literal count; anything else is no literal and is passed over.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

_STRING = re.compile(r"""\s*(?:"((?:[^"\\\n]|\\.|\\\n)*)"|'((?:[^'\\\n]|\\.|\\\n)*)')""")
_WRAP = re.compile(r"\s*(?:JsDecode|htmlDecode)\(")
_GETTER = re.compile(r"\s*xml \? getXmlValue\('[\w.]*'\)(?:\s*\*\s*1)?(?:\s*\|\|\s*\w*)?\s*:")
_TIMES_ONE = re.compile(r"\s*\*\s*1\b")
_WORD = re.compile(r"\s*(true|false|null|-?\d+(?:\.\d+)?)\b")
_KEY = re.compile(r"\s*(?:([A-Za-z_$][\w$]*)|'([^'\\\n]*)'|\"([^\"\\\n]*)\")\s*:")
_OR = re.compile(r"\s*\|\|")
_END = re.compile(r"\s*(?:;|\)|//|,|$|\n|\.html\(|\.replace\()", re.ASCII)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(\n)|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_JS_DECODE = re.compile(r"\\x(5c|0d|22|26|27|3c|3e|0a)")
_MAX_DEPTH = 40
_MAX_ESCAPES = 4


class NotLiteral(ValueError):
    """The text at this place is no literal of the known forms."""


def unescape_string(body: str) -> str:
    """The value of a string literal's body: ``\\xNN``, ``\\uNNNN`` (surrogate pairs joined), ``\\n`` and the like."""

    def one(match: re.Match[str]) -> str:
        byte, unit, newline, other = match.groups()
        if byte or unit:
            return chr(int(byte or unit, 16))
        return "" if newline else _SIMPLE.get(other, other)

    text = _ESCAPE.sub(one, body)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def plain(text: str) -> str:
    """The text as the page shows it: HTML entities read once, non-breaking spaces made plain, ends trimmed."""
    return html.unescape(text).replace("\xa0", " ").strip()


def plain_address(text: str) -> str:
    r"""The address behind any number of escapes (``&amp;amp;``, ``\x26amp;``) that pages put around it."""
    for _ in range(_MAX_ESCAPES):
        freed = html.unescape(unescape_string(text) if "\\x" in text or "\\u" in text else text)
        if freed == text:
            break
        text = freed
    return text.strip()


def parse_value(text: str, start: int = 0) -> tuple[Any, int]:
    """The literal at ``start`` and where it ends: a string, number as text, list or object (dict) of such.

    ``"1" * 1`` stays the text ``1``; of ``a || b`` the first that is not empty counts.

    Raises:
        NotLiteral: Another form of expression.
    """
    return _Reader(text).chain(start, 0)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text

    def chain(self, at: int, depth: int) -> tuple[Any, int]:
        getter = _GETTER.match(self.text, at)
        value, at = self.term(getter.end() if getter else at, depth)
        while again := _OR.match(self.text, at):
            other, at = self.term(again.end(), depth)
            value = value or other
        return value, at

    def term(self, at: int, depth: int) -> tuple[Any, int]:
        if depth > _MAX_DEPTH:
            raise NotLiteral("too deep")
        value, at = self.primary(at, depth)
        times = _TIMES_ONE.match(self.text, at)
        return (value, times.end()) if times else (value, at)

    def primary(self, at: int, depth: int) -> tuple[Any, int]:
        if found := _STRING.match(self.text, at):
            return unescape_string(found[1] if found[1] is not None else found[2]), found.end()
        if found := _WRAP.match(self.text, at):
            return self.wrapped(found, depth)
        if found := _WORD.match(self.text, at):
            return {"true": True, "false": False, "null": ""}.get(found[1], found[1]), found.end()
        opening = self.skip(at)
        if self.text.startswith("{", opening):
            return self.object(opening + 1, depth)
        if self.text.startswith("[", opening):
            return self.list(opening + 1, depth)
        raise NotLiteral(self.text[at : at + 40])

    def wrapped(self, opening: re.Match[str], depth: int) -> tuple[Any, int]:
        value, at = self.chain(opening.end(), depth + 1)
        at = self.skip(at)
        if not isinstance(value, str) or not self.text.startswith(")", at):
            raise NotLiteral(self.text[at : at + 40])
        if "JsDecode" in opening[0]:
            value = _JS_DECODE.sub(lambda match: chr(int(match[1], 16)), value)
        return value, at + 1

    def object(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        fields: dict[str, Any] = {}
        while not self.text.startswith("}", at := self.skip(at)):
            key = _KEY.match(self.text, at)
            if key is None:
                raise NotLiteral(self.text[at : at + 40])
            fields[next(name for name in key.groups() if name is not None)], at = self.chain(key.end(), depth + 1)
            at = self.comma(at, "}")
        return fields, at + 1

    def list(self, at: int, depth: int) -> tuple[list[Any], int]:
        items: list[Any] = []
        while not self.text.startswith("]", at := self.skip(at)):
            item, at = self.chain(at, depth + 1)
            items.append(item)
            at = self.comma(at, "]")
        return items, at + 1

    def comma(self, at: int, closing: str) -> int:
        at = self.skip(at)
        if self.text.startswith(",", at):
            return at + 1
        if self.text.startswith(closing, at):
            return at
        raise NotLiteral(self.text[at : at + 40])

    def skip(self, at: int) -> int:
        while at < len(self.text) and self.text[at].isspace():
            at += 1
        return at


class Scripts:
    """The scripts of one page: what they assign to a name, in the order of the page."""

    def __init__(self, scripts: Iterable[str]) -> None:
        self.text = "\n".join(scripts)

    def values(self, name: str, *, owner: str = r"var |window\.(?:cgiData\.)?|d\.|_g\.") -> list[str]:
        """Every non-empty text assigned to ``name`` at the start of a line, each once."""
        if name.isidentifier() and name not in self.text:
            return []  # most names are not there, and a page has a hundred thousand lines
        pattern = re.compile(rf"(?m)^[ \t]*(?:{owner}){name}[ \t]*=(?!=)")
        found = (self._text_at(match.end()) for match in pattern.finditer(self.text))
        return list(dict.fromkeys(value for value in found if value))

    def first(self, *names: str) -> str | None:
        """The first non-empty text assigned to one of the names, the names asked in turn."""
        return next((value for name in names for value in self.values(name)), None)

    def shown(self, name: str) -> bool:
        """Whether the page assigns anything to the name, be it empty."""
        return re.search(rf"(?m)^[ \t]*(?:var |window\.|d\.|_g\.){name}[ \t]*=(?!=)", self.text) is not None

    def property(self, name: str) -> str | None:
        """The first non-empty text of ``name : "…"`` at the start of a line of an object."""
        pattern = re.compile(rf"(?m)^[ \t]*{name}[ \t]*:")
        found = (self._text_at(match.end()) for match in pattern.finditer(self.text))
        return next((value for value in found if value), None)

    def object(self, name: str) -> dict[str, Any] | None:
        """The object assigned to ``window.<name>``; ``None`` if there is none.

        Raises:
            NotLiteral: It is there, but not as a literal of the known forms.
        """
        found = re.search(rf"(?m)^[ \t]*window\.{name}[ \t]*=(?!=)[ \t]*(?=\{{)", self.text)
        if found is None:
            return None
        value: dict[str, Any] = parse_value(self.text, found.end())[0]
        return value

    def written(self) -> str | None:
        """The text that ``document.write("…")`` or ``innerHTML = "…"`` puts on the page (share pages of 2018-2020)."""
        pattern = re.compile(r"(?:\bdocument\.write\(|\.innerHTML[ \t]*=)")
        found = (self._text_at(match.end()) for match in pattern.finditer(self.text))
        return next((value for value in found if value), None)

    def _text_at(self, at: int) -> str:
        try:
            value, end = parse_value(self.text, at)
        except NotLiteral:
            return ""
        return value if isinstance(value, str) and _END.match(self.text, end) else ""
