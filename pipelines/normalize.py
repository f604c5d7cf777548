"""One form for texts and links: control and invisible characters out, addresses trimmed, no link twice.

Name and entity of an account from outside keep what nobody sees: that is how a look-alike may differ from ours.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from records import Candidate, Link, Post, Profile

# Control characters but line ends and tabs, lone surrogates, private use: categories Cc, Cs and Co, without Cn.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
)
# Zero-width characters and direction marks: in the middle of Chinese text they carry nothing.
_INVISIBLE = re.compile("[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
# What no store and no paper takes: categories Cc but line ends and tabs, and Cs.
_UNKEPT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")
_SECOND = re.compile(r"(?i)\s+(https?://)")
_BLANK = re.compile(r"(?i)\s(?!https?://)")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean_text(text: str | None) -> str | None:
    """The text without control and invisible characters, with at most one blank line in a row; ``None`` stays."""
    if text is None:
        return None
    return _folded(_CONTROL.sub("", _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))))


def clean_name(name: str | None) -> str | None:
    """A suspected account's name with every sign that the page shows, seen or not; ``None`` stays.

    Only control characters and lone surrogates go, and white space is folded as in a text: what is said of the name
    must agree with the bytes of the evidence.
    """
    return None if name is None else _folded(_UNKEPT.sub("", _LINE_ENDS.sub("\n", name)))


def _folded(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


def clean_links(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The links in order, each address once, without white space or invisible characters."""
    found: dict[str, Link] = {}
    for link in links:
        url = _clean_address(link.url)
        if url is not None:
            target = _clean_address(link.target)
            found.setdefault(url, replace(link, url=url, target=target, text=clean_text(link.text)))
    return tuple(found.values())


def _clean_address(url: str | None) -> str | None:
    # Two addresses that were copied together stay apart, or they would be asked as one.
    parted = _SECOND.sub(r" \1", (clean_text(url) or "").strip())
    return _BLANK.sub("", parted) or None


def normalized(record: Post | Profile | Candidate) -> Post | Profile | Candidate:
    """The record in the one form that storage keeps."""
    if isinstance(record, Post):
        return replace(
            record,
            title=clean_text(record.title),
            text=clean_text(record.text),
            source_name=clean_text(record.source_name),
            links=clean_links(record.links),
        )
    named = clean_name if isinstance(record, Candidate) else clean_text
    return replace(
        record,
        name=named(record.name) or record.name,
        bio=clean_text(record.bio),
        verified_entity=named(record.verified_entity),
    )


class NormalizePipeline:
    """Normalizes every record of a batch."""

    def process_item(self, item: Any) -> Any:
        """The batch with its records in the one form."""
        if not hasattr(item, "coverage"):
            return item
        return replace(item, records=tuple(normalized(record) for record in item.records))
