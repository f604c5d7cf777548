"""What a kept link check becomes in an exported folder: the facts in Chinese, and the pages behind it with pictures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crawler.link_documents import Document
from crawler.link_texts import decoded
from crawler.pictures import Stored
from pipelines.archive import StoredPage
from records import LinkCheck
from reports.link_facts import check_facts, facts_text

_FACTS = "-检测情况.txt"
_QUOTED = 300
_MARKUP = re.compile(r"<[!a-zA-Z]")
_HEAD = 2000
_SCRIPTS = "；可能含有脚本，请先看图片，或断开网络后再打开"
_OWN = "-网页"
# In the order in which a check keeps them: the link's own answer, then the one with which it was compared.
_ANSWERS = (
    (_OWN, "打开链接得到的网页（检测读到的部分）"),
    ("-对照网页", "同一网站对一个肯定不存在的地址的应答，供比较"),
)


@dataclass(frozen=True)
class Behind:
    """An answer behind a link check: its part of the file name, and what it is; ``text`` is ``None`` of no text."""

    part: str
    what: str
    url: str
    body: bytes
    text: str | None

    @property
    def is_page(self) -> bool:
        """Whether a browser would draw it."""
        return self.text is not None and _MARKUP.search(self.text[:_HEAD]) is not None

    @property
    def ending(self) -> str:
        """The end of its file's name, so that the right program opens it."""
        return f"{self.part}{'.html' if self.is_page else '.bin' if self.text is None else '.txt'}"


@dataclass(frozen=True)
class KeptCheck:
    """A kept link check with the answers that it rests on, the link's own first; one without a body is left out."""

    check: LinkCheck
    behind: tuple[Behind, ...]

    def files(self, stem: str) -> Iterator[tuple[str, bytes, str]]:
        """``(name, body, what it is)`` of the text about the check and of each answer; ``stem`` begins the names."""
        beside = [(f"{stem}{one.ending}", one.what + (_SCRIPTS if one.is_page else "")) for one in self.behind]
        own = next((Document(one.text or "") for one in self.behind if one.part == _OWN and one.is_page), None)
        title, shown = ("", "") if own is None else (own.title, own.visible[:_QUOTED])
        short = [(name.rpartition("/")[2], what) for name, what in beside]
        yield f"{stem}{_FACTS}", facts_text(self.check, title, shown, short).encode(), "链接检测的情况"
        for (name, what), one in zip(beside, self.behind, strict=True):
            yield name, one.body, what

    def drawings(self, caption: str) -> Iterator[tuple[str, Stored, str]]:
        """``(end of the name, what is drawn, what it is)``: each page under the facts, or the facts where none is."""
        told = "\n".join(f"{label}：{value}" for label, value in check_facts(self.check))
        pages = [one for one in self.behind if one.is_page]
        for one in pages:
            drawn = Stored(one.url, one.body, "text/html", f"{one.what}\n{told}\n{caption}")
            yield f"{one.part}.png", drawn, f"{one.what}的图片"
        if not pages:
            yield "-检测情况.png", Stored(self.check.url, told.encode(), "text/plain", caption), "链接检测情况的图片"


def kept_check(page: StoredPage) -> KeptCheck | None:
    """The link check that a stored record is; ``None`` for a page or a file, which is no conclusion of ours.

    Only a check is kept without an HTTP status and with a time of its own.
    """
    if page.status is not None or page.fetched_at is None:
        return None
    kept = json.loads(page.body)
    check = LinkCheck(
        url=kept["url"],
        state=kept["state"],
        checked_at=datetime.fromisoformat(kept["checked_at"]),
        final_url=kept["final_url"],
        status=kept["status"],
        reason=kept["reason"],
    )
    answers = zip(_ANSWERS, page.calls, strict=False)
    behind = (Behind(part, what, url, body, _text(body)) for (part, what), (url, _, body) in answers if body)
    return KeptCheck(check, tuple(behind))


def _text(body: bytes) -> str | None:
    """The body as text; ``None`` where it is none, or was kept packed and is cut."""
    text = decoded(body, "", whole=False)
    return None if "\0" in text or text.count("\ufffd") * 10 > len(text) else text
