"""What a kept link check becomes in an exported folder: the facts in Chinese, and the pages behind it with pictures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crawler.link_documents import Document
from crawler.link_states import Answer
from crawler.link_texts import is_text
from crawler.pictures import Stored
from pipelines.answers import MISSING
from pipelines.archive import StoredPage
from records import LinkCheck
from reports.link_facts import check_facts, facts_text
from scheduler.rechecking import parse_answers

_FACTS = "-检测情况.txt"
_QUOTED = 300
_MARKUP = re.compile(r"<[!a-zA-Z]")
_HEAD = 2000
_SCRIPTS = "；可能含有脚本，请先看图片，或断开网络后再打开"
_OWN = "-网页"
# By the kind of their records: the link's own answer, then the one with which it was compared.
_ANSWERS = (
    (None, _OWN, "打开链接得到的网页（检测读到的部分）"),
    (MISSING, "-对照网页", "同一网站对一个肯定不存在的地址的应答，供比较"),
)
# A picture is drawn of the text that the check read, in whatever charset the page came.
_DRAWN_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Behind:
    """An answer behind a link check: its part of the file name, and what it is.

    ``body`` is what the check read of it, unpacked no further; ``text`` is that as text, ``None`` where it is none.
    """

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
            body = (one.text or "").encode("utf-8", "replace")
            drawn = Stored(one.url, body, _DRAWN_TYPE, f"{one.what}\n{told}\n{caption}")
            yield f"{one.part}.png", drawn, f"{one.what}的图片"
        if not pages:
            yield "-检测情况.png", Stored(self.check.url, told.encode(), "text/plain", caption), "链接检测情况的图片"


def kept_check(page: StoredPage) -> KeptCheck | None:
    """The link check that a stored record is; ``None`` for a page or a file, which is no conclusion of ours.

    Only a check is kept without an HTTP status and with a time of its own.

    Raises:
        ArchiveError: An answer behind it is without address or status.
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
    answers = parse_answers(page.received, check.checked_at)
    named = ((part, what, answers.get(kind)) for kind, part, what in _ANSWERS)
    behind = (Behind(part, what, one.url, one.body, _text(one)) for part, what, one in named if one and one.body)
    return KeptCheck(check, tuple(behind))


def _text(answer: Answer) -> str | None:
    """The answer as the check read it; ``None`` where it is no text, or came packed in a way that nothing names."""
    if not is_text(answer.content_type):
        return None
    text = answer.text
    return None if "\0" in text or text.count("\ufffd") * 10 > len(text) else text
