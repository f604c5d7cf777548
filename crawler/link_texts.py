"""The text of an answer (应答正文): its charset, and whether it is worth reading.

Reading a page as a document costs ten times more than everything else that is asked of it. ``may_say`` looks over
the raw bytes first and rules out what cannot be there; it may be wrong in the other direction only.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from crawler.link_signals import pattern, signals

_TEXTUAL = re.compile("html|text|xml|json")
_IN_HEADER = re.compile(r"""charset\s{0,4}=\s{0,4}["']?\s{0,4}([\w-]{1,20})""")
_IN_META = re.compile(
    rb"""<(?:meta|\?xml)\b[^<>]{0,300}?(?:charset|encoding)\s{0,4}=\s{0,4}["']?\s{0,4}([\w-]{1,20})"""
)
_META_BYTES = 8192
_MOST_DAMAGED = 50  # one character in so many may be unreadable before the charset is held to be wrong
_CUT_CHARACTER_BYTES = 3
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# GB 18030 writes © and its like in four bytes, the last of which is a digit's.
_LONE_404 = re.compile(rb"(?:(?<![0-9])|[\x81-\xfe][0-9])404(?![0-9])")
_COOKIE, _LOCATION = b"document.cookie", b"location"
_NEAR_BYTES = 2000  # four hundred characters, four bytes each at most, and what is between the words of the pattern
_ENCODINGS = ("utf-8", "gb18030")
_WORDS_AT_ONCE = 48


@lru_cache(maxsize=256)
def is_text(content_type: str) -> bool:
    """Whether an answer of this Content-Type is to be read as a page; one without is."""
    return not content_type or bool(_TEXTUAL.search(content_type.lower()))


def decoded(body: bytes, content_type: str, whole: bool) -> str:
    """The body as text.

    What is UTF-8 from end to end is that, whatever it is called. Otherwise the header's charset holds, then the
    document's own, then UTF-8 and GB 18030: the first by which hardly anything is unreadable.

    Args:
        body: Decompressed, perhaps cut.
        content_type: The answer's Content-Type.
        whole: Whether this is the whole body; a cut one may end within a character.
    """
    sure = _decoded_surely(body, content_type, whole)
    if sure is not None:
        return sure
    meta = _IN_META.search(body[:_META_BYTES].lower())
    named = (_charset_of_header(content_type), _known_charset(meta[1].decode("ascii")) if meta else None)
    best, least = "", len(body) + 1
    # What names itself UTF-16 and can be read so far as to say so is not.
    for charset in dict.fromkeys(name for name in (*named, *_ENCODINGS) if name and not name.startswith("utf-16")):
        text = body.decode(charset, "replace")
        n_damaged = text.count("\ufffd")
        if n_damaged * _MOST_DAMAGED <= len(text):
            return text
        if n_damaged < least:
            best, least = text, n_damaged
    return best


def _decoded_surely(body: bytes, content_type: str, whole: bool) -> str | None:
    """By its byte order mark or as UTF-8; ``None`` where it is neither."""
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body.decode(charset, "replace")
    wide = _charset_of_header(content_type) or ""
    if wide.startswith("utf-16") and b"\0" in body:
        return body.decode(wide, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = not whole and error.start >= len(body) - _CUT_CHARACTER_BYTES
        return body[: error.start].decode("utf-8") if cut else None


@lru_cache(maxsize=256)
def _charset_of_header(content_type: str) -> str | None:
    found = _IN_HEADER.search(content_type.lower())
    return _known_charset(found[1]) if found else None


@lru_cache(maxsize=256)
def _known_charset(name: str) -> str | None:
    """The codec for a charset's name. Others say nothing: servers call Chinese pages ISO-8859-1 without being asked."""
    if name in ("utf-8", "utf8"):
        return "utf-8"
    if name.startswith("gb"):
        return "gb18030"
    if name in ("big5", "big5-hkscs"):
        return "big5hkscs"
    return name if name in ("utf-16", "utf-16le", "utf-16be") else None


def may_say(body: bytes, content_type: str) -> bool:
    """Whether the page may hold a notice, a wall or a login; ``False`` is certain, ``True`` asks for a reading.

    Args:
        body: As received, decompressed.
        content_type: The answer's Content-Type; a charset that is neither UTF-8 nor GB 18030 is always read.
    """
    if _is_oddly_written(body, content_type):
        return True
    lowered = body.lower()
    return _has_any("gate", lowered) or (_has_any("doubtful_gate", lowered) and _stands_as_meant(lowered))


def may_qualify(body: bytes, content_type: str) -> bool:
    """Whether the page may hold words that take back what its status says, or lead on; told as ``may_say`` is."""
    return _is_oddly_written(body, content_type) or _has_any("qualifying_gate", body.lower())


def _is_oddly_written(body: bytes, content_type: str) -> bool:
    return body[:1] in (b"\xff", b"\xfe") or (_charset_of_header(content_type) or "utf-8") not in _ENCODINGS


def _has_any(gate: str, lowered: bytes) -> bool:
    return any(finder.find_matches_as_indexes(lowered) for finder in _finders(gate))


def _stands_as_meant(lowered: bytes) -> bool:
    """Whether a word that many pages hold stands as a notice, a wall or a login would have it."""
    if _LONE_404.search(lowered) or (b"password" in lowered and b"<input" in lowered):
        return True
    return _sets_cookie_and_leaves(lowered)


def _sets_cookie_and_leaves(lowered: bytes) -> bool:
    """Whether a cookie's name is followed by a location's before long; one look at each place."""
    cookie = lowered.find(_COOKIE)
    while cookie >= 0:
        location = lowered.find(_LOCATION, cookie)
        if location < 0:
            return False
        if location - cookie <= _NEAR_BYTES:
            return True
        cookie = lowered.find(_COOKIE, location - _NEAR_BYTES)
    return False


@cache
def _finders(name: str) -> tuple[BytesAhoCorasick, ...]:
    """What finds the words of a list in UTF-8 or GB 18030, a group of them each.

    Up to some sixty words, leftmost first, are looked for sixteen bytes at a time; more cost twenty times as much.
    """
    words = list(dict.fromkeys(word.encode(encoding).lower() for word in signals()[name] for encoding in _ENCODINGS))
    groups = (words[start : start + _WORDS_AT_ONCE] for start in range(0, len(words), _WORDS_AT_ONCE))
    return tuple(BytesAhoCorasick(group, matchkind=MatchKind.LeftmostFirst) for group in groups)


def has_password_field(text: str) -> bool:
    """Whether the page asks for a password."""
    return bool(pattern("login_field").search(text))
