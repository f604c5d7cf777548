"""Addresses as people type or paste them (键入的网址): which one is meant, and whether it is one at all. Pure."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"(?i)(https?):[/\\]*")
_HOST = re.compile(r"(?i)(?:[\w-]+\.)+[^\W\d_][\w-]+(?::[0-9]{1,5})?(?=[/?#]|$)")
# A browser takes what comes after the slashes for a host; who wrote three left the host out.
_NO_HOST = re.compile(r"(?i)https?:[/\\]{3}")
_BLANKS = " \t\r\n\f\v\u3000\u200b\ufeff"
_STOPS = "。，；、！？："
_BRACKETS = {"）": "（", "》": "《", "」": "「", "』": "『", "】": "【", "”": "“"}
# An address that another carries (?url=http://…) comes after a sign of its own, never after these.
_NEXT = re.compile(rf"(?i)[\s\u200b\ufeff{_STOPS}{''.join(_BRACKETS)}{''.join(_BRACKETS.values())}]https?://")


def holds_several(text: str) -> bool:
    """Whether a typed address is followed by another in the same line (``http://a.example，http://b.example``).

    Which of them was meant nobody can tell, and both together are an address that never was.
    """
    kept = text.strip(_BLANKS)
    following = _NEXT.search(kept, 1) if "://" in kept else None
    if following is None:
        return False
    first = _without_stops(kept[: following.start()])
    # Words before an address are none: they say nothing of a second one.
    return bool(_SCHEME.match(first) or _HOST.match(first)) or first.startswith("//")


def address_as_typed(text: str) -> str:
    """The address that is meant by a typed or pasted text (``www.yunling.example/a``, ``http:\\\\x``).

    It is what a browser opens, without the sentence's punctuation after it (``http://a.example/b。``). Several
    addresses, and other texts, come back as they are, to be told as none.
    """
    kept = text.strip(_BLANKS)
    if _NO_HOST.match(kept) or holds_several(kept):
        return kept
    opened = address_as_opened(_without_stops(kept))
    return opened if _SCHEME.match(opened) else address_as_opened(kept)


def address_as_opened(text: str) -> str:
    """The address that a browser opens for a text.

    White space around it and line breaks inside are dropped, backslashes before the query are slashes, and what
    begins with a host's name is ``http``. Other texts come back as they are, to be told as no address.
    """
    kept = re.sub(r"[\t\r\n]", "", text.strip(_BLANKS))
    scheme = _SCHEME.match(kept)
    if scheme is not None:
        rest, scheme_name = kept[scheme.end() :], scheme[1].lower()
    elif _HOST.match(kept) or kept.startswith("//"):
        rest, scheme_name = kept.lstrip("/"), "http"
    else:
        return kept
    path, mark, query = re.match(r"([^?#]*)([?#]?)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{scheme_name}://{path.replace(chr(92), '/')}{mark}{query}"


def _without_stops(text: str) -> str:
    """A text without the punctuation at its end; a bracket that was opened within it (``通知（二）``) is its own."""
    if text.isascii():
        return text
    unopened = {closing: text.count(closing) - text.count(opening) for closing, opening in _BRACKETS.items()}
    end = len(text)
    while end and (text[end - 1] in _STOPS + _BLANKS or (text[end - 1] in unopened and unopened[text[end - 1]] > 0)):
        if text[end - 1] in unopened:
            unopened[text[end - 1]] -= 1
        end -= 1
    return text[:end]
