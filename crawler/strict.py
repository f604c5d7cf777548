"""Strict reading of a platform's JSON: a field is there in a known form, or ParseError names it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from crawler.page import ParseError

# Escapes that are whole are kept, and so is what follows an escaped backslash.
_ESCAPED_HALF = re.compile(
    r"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_HALF = re.compile("[\ud800-\udfff]")


def without_halves(text: str) -> str:
    """The text with U+FFFD for every half of a surrogate pair, which can be neither stored nor asked for."""
    return _HALF.sub("\ufffd", text)


def load_json(text: bytes | str) -> Any:
    """The JSON value; half of a surrogate pair, as where a platform cut an emoji in two, reads as U+FFFD.

    Raises:
        ValueError, RecursionError: No JSON, or nested too deep.
    """
    if isinstance(text, bytes):
        text = without_halves(text.decode(json.detect_encoding(text), "surrogatepass"))
    if "\\ud" in text or "\\uD" in text:
        text = _ESCAPED_HALF.sub(lambda found: found[1] or "\\ufffd", text)
    return json.loads(text)


def parse_json(kind: str, body: bytes | str) -> Fields:
    """The page's JSON object; ParseError where it is none. Big integers stay exact."""
    try:
        data = load_json(body)
    except (ValueError, RecursionError) as error:
        raise ParseError(kind, "json", str(error)) from error
    if not isinstance(data, dict):
        raise ParseError(kind, "json", type(data).__name__)
    return Fields(kind, data)


class Fields:
    """A JSON object whose fields are asked for by name and form."""

    __slots__ = ("data", "kind", "path")

    def __init__(self, kind: str, data: dict[str, Any], path: str = "") -> None:
        self.kind, self.data, self.path = kind, data, path

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def error(self, key: str) -> ParseError:
        """The error that names this field and what stood there."""
        return ParseError(self.kind, f"{self.path}{key}", self.data.get(key))

    def text(self, key: str) -> str:
        """A string that must be there; may be empty."""
        value = self.data.get(key)
        if not isinstance(value, str):
            raise self.error(key)
        return value

    def words(self, key: str) -> str | None:
        """An optional string: ``None`` when absent, null or blank; any other form is an error."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.error(key)
        return value if value.strip() else None

    def identifier(self, key: str) -> str:
        """An id that must be there as a non-empty string or a positive whole number; returned as text."""
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip() or value == 0:
            raise self.error(key)
        return str(value)

    def integer(self, key: str) -> int:
        """A whole number that must be there, as a number or as digits."""
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.error(key)
        try:
            return int(value)
        except ValueError as error:
            raise self.error(key) from error

    def count(self, key: str) -> int | None:
        """An optional whole number: ``None`` when absent or null."""
        return None if self.data.get(key) is None else self.integer(key)

    def flag(self, key: str) -> bool | None:
        """An optional truth value, also as 0 or 1: ``None`` when absent or null."""
        value = self.data.get(key)
        if value is None:
            return None
        if value not in (True, False, 0, 1):
            raise self.error(key)
        return bool(value)

    def child(self, key: str) -> Fields:
        """An object that must be there."""
        value = self.data.get(key)
        if not isinstance(value, dict):
            raise self.error(key)
        return Fields(self.kind, value, f"{self.path}{key}.")

    def perhaps(self, key: str) -> Fields | None:
        """An optional object: ``None`` when absent, null, or an empty string, list or object."""
        value = self.data.get(key)
        if value is None or value == "" or value == [] or value == {}:
            return None
        return self.child(key)

    def children(self, key: str) -> Iterator[Fields]:
        """The objects of a list that must be there; an element of another form is an error."""
        value = self.data.get(key)
        if not isinstance(value, list):
            raise self.error(key)
        for number, element in enumerate(value):
            if not isinstance(element, dict):
                raise ParseError(self.kind, f"{self.path}{key}[{number}]", element)
            yield Fields(self.kind, element, f"{self.path}{key}[{number}].")

    def unknown(self, known: frozenset[str]) -> list[str]:
        """Names of fields that the known shape does not have, for the drift count."""
        return sorted(f"{self.path}{key}" for key in self.data if key not in known)
