"""One answer of a profile's list (作品列表): its items, whether more follows, and what is no answer at all.

``data`` null or missing, an empty body and the body ``blocked`` mean "not read". Nothing here means "no posts".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.page import Call, Drift, Notice, Parsed, ParseError
from crawler.spiders.toutiao.accounts import Author, author_of
from crawler.spiders.toutiao.address import article_url
from crawler.spiders.toutiao.items import listed, parse_item
from crawler.spiders.toutiao.tables import known_fields
from crawler.strict import Fields, parse_json
from records import Post

KIND = "feed_json"
_SUCCESS = "success"
_REFUSED_STATUS = frozenset((401, 403, 429))
_REFUSED_BODIES = frozenset((b"", b"blocked"))


@dataclass(frozen=True, slots=True)
class Answer:
    """A readable answer: its items in order, whether more follows and under which cursor, and what is odd in it."""

    items: tuple[Fields, ...]
    more: bool
    cursor: str | None
    odd: tuple[Drift | ParseError, ...] = ()


def parse_answer(call: Call) -> Answer | Notice:
    """The list answer of one call, or why it is none; ParseError where its form is unknown."""
    if call.status in _REFUSED_STATUS or call.body.strip().lower() in _REFUSED_BODIES:
        return Notice("blocked", f"列表接口拒绝了请求（{call.status}，{len(call.body)} 字节）")
    if call.status != 200:
        return Notice("unparsed", f"列表接口返回 {call.status}")
    answer = parse_json(KIND, call.body)
    if answer.data.get("message") != _SUCCESS:
        return _refusal(answer)
    if answer.data.get("data") is None:
        return Notice("unparsed", "列表接口没有给出数据（data 为空），不代表没有作品")
    elements = listed(answer, "data")
    more = answer.data.get("has_more")
    if not isinstance(more, bool):
        raise answer.error("has_more")
    if more and not elements:
        return Notice("unparsed", "列表接口给出空列表，却说还有更多，不代表没有作品")
    drift = tuple(Drift(KIND, field) for field in answer.unknown(known_fields("answer")))
    return Answer(
        items=tuple(element for element in elements if isinstance(element, Fields)),
        more=more,
        cursor=_cursor(answer) if more else None,
        odd=(*drift, *(element for element in elements if isinstance(element, ParseError))),
    )


def _refusal(answer: Fields) -> Notice:
    words = answer.data.get("message")
    asks_proof = any(key in answer for key in ("decision", "verify", "verify_data")) or answer.data.get("code") == 10000
    return Notice("blocked" if asks_proof else "unparsed", f"列表接口没有成功：{str(words)[:80]}")


def _cursor(answer: Fields) -> str:
    return str(answer.child("next").integer("max_behot_time"))


def parse_posts(answer: Answer, owner: Author, seen: set[str]) -> Iterator[Parsed]:
    """The posts of an answer that were not seen yet, and what is odd about its items.

    Args:
        answer: The answer.
        owner: Whose list it is.
        seen: Post ids of the pages before; grows. A page of known posts only is a ParseError.
    """
    known_before = len(seen)
    yield from answer.odd
    n_posts = 0
    for item in answer.items:
        try:
            parsed = list(parse_item(item, owner))
        except ParseError as error:
            yield error
            continue
        for part in parsed:
            n_posts += isinstance(part, Post)
            if not isinstance(part, Post) or part.post_id not in seen:
                yield part
            if isinstance(part, Post):
                seen.add(part.post_id)
    if n_posts and len(seen) == known_before:
        raise ParseError(KIND, "next.max_behot_time", "本页全部是已经读过的作品")


def text_address(post: Post) -> str | None:
    """Where the whole text of a listed post is to be had; ``None`` where the list gave it or there is none."""
    return None if post.text_complete or post.kind not in ("article", "picture") else article_url(post.post_id)


def owner_of(answer: Answer, known: Author) -> Author:
    """What all items of a list tell of its owner, found by the ids that are already known; else ``known``.

    A verification text that one item shows is not undone by another item that leaves it out.
    """
    owner = known
    for item in answer.items:
        try:
            author = author_of(item)
        except ParseError:
            continue  # parse_posts reports the item
        if (known.token and author.token == known.token) or (known.user_id and author.user_id == known.user_id):
            owner = author.completed(owner) if author.verification.text else owner.completed(author)
    return owner
