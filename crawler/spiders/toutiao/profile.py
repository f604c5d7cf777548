"""Profiles: ``/c/user/token/<token>/`` opened in a browser, with the list calls that the page made by itself.

The document is a shell that scripts fill; its list comes by XHR, page by page, each asked for with the
cursor of the one before. Only a chain of answers from the newest (cursor 0) says what was seen: where it
breaks, reading stops there. That the account has posted nothing is believed only if the page says it in
words and the list is empty too.

Source: public code and notes of 2024 to 2026; no recording is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsel import Selector

from crawler.counters import parse_counter
from crawler.page import Call, Extent, Fetch, Notice, Page, Parsed, ParseError
from crawler.spiders.toutiao.accounts import Author
from crawler.spiders.toutiao.address import account_key, is_token, list_call
from crawler.spiders.toutiao.embedded import document_of, stated_addresses
from crawler.spiders.toutiao.lists import Answer, owner_of, parse_answer, parse_posts, text_address
from crawler.spiders.toutiao.states import visible_lines, words_of_emptiness
from records import Counter, Post

KIND = "profile"
_FIRST_CURSOR = "0"
_NAME = ".profile-info .detail .name::text"
_TITLE_NAME = re.compile(r"(?P<name>.+)的头条主页\s*-\s*今日头条.*")
_FIGURES = ".relation-stat .stat-item"
_FOLLOWERS = re.compile(r"([0-9.,万亿]+)粉丝|粉丝([0-9.,万亿]+)")


def parse_profile(page: Page) -> Iterator[Parsed]:
    """The account's profile, its posts, whether more follow, and the fetches for texts that the list cuts.

    Instead of a list that was not read there is a Notice: ``blocked``, ``unparsed``, or ``empty`` in the
    page's own words. With later pages refused, the posts read before it stay and more is said to follow.
    """
    document = document_of(page)
    known = _account(page, document)
    calls = _own_calls(page, known)
    first = next(iter(calls), None)
    if first is None:
        yield _no_list(document)
        return
    call_token = list_call(first.url)
    known = known.completed(Author(token=call_token.token if call_token else None))
    answer = _best_answer([call for call in calls if _cursor_of(call) == _FIRST_CURSOR])
    if isinstance(answer, Notice):
        yield answer
        return
    owner = owner_of(answer, known).completed(Author(name=_shown_name(document)))
    if owner.name is not None:
        yield owner.profile(KIND, page.fetched_at, _followers(document))
    if not answer.items and not answer.odd:
        yield _empty_list(document)
        return
    yield from _posts(answer, owner, calls)


def parse_feed_json(page: Page) -> Iterator[Parsed]:
    """The posts of one list answer saved by itself, and whether more follow; its account if the address has it."""
    answer = parse_answer(Call(page.address, page.status, page.body))
    if isinstance(answer, Notice):
        yield answer
        return
    if not answer.items:
        yield Notice("unparsed", "列表为空；单独一份列表不能说明账号没有作品")
        return
    asked = list_call(page.address)
    owner = owner_of(answer, Author(token=asked.token)) if asked else Author()
    if owner.uid is not None and owner.name is not None:
        yield owner.profile(KIND, page.fetched_at)
    yield from _with_texts(parse_posts(answer, owner, set()))
    yield Extent(more=answer.more)


def _account(page: Page, document: Selector) -> Author:
    keys = [key for url in stated_addresses(page, document) if (key := account_key(url))]
    keys += [key] if (key := account_key(page.url)) else []
    if not keys:
        raise ParseError(KIND, "address", page.address)
    tokens = [key for key in keys if is_token(key)]
    if len(set(tokens)) > 1:
        raise ParseError(KIND, "address", tokens)
    return Author(
        token=next(iter(tokens), None),
        user_id=next((key for key in keys if not is_token(key)), None),
    )


def _own_calls(page: Page, known: Author) -> list[Call]:
    """The list calls of this account; for a numeric address, of the one account the page asked for."""
    asked = [(call, found.token) for call in page.calls if (found := list_call(call.url))]
    tokens = {known.token} if known.token else {token for _, token in asked}
    if len(tokens) > 1:
        raise ParseError(KIND, "calls", sorted(str(token) for token in tokens))
    return [call for call, token in asked if token in tokens]


def _cursor_of(call: Call) -> str:
    found = list_call(call.url)
    return found.cursor if found else ""


def _best_answer(calls: list[Call]) -> Answer | Notice:
    """The answer for one cursor: the first that was read, as a page may ask again after a refusal."""
    failures: list[Notice | ParseError] = []
    for call in calls:
        try:
            answer = parse_answer(call)
        except ParseError as error:
            failures.append(error)
            continue
        if isinstance(answer, Answer):
            return answer
        failures.append(answer)
    if not failures:
        return Notice("unparsed", "没有收到列表的第一页")
    if isinstance(failures[-1], ParseError):
        raise failures[-1]
    return failures[-1]


def _posts(answer: Answer, owner: Author, calls: list[Call]) -> Iterator[Parsed]:
    seen: set[str] = set()
    cursors = {_FIRST_CURSOR}
    trouble: Notice | None = None
    while True:
        try:
            yield from _with_texts(parse_posts(answer, owner, seen))
            if not answer.more or answer.cursor is None:
                break
            if answer.cursor in cursors:
                raise ParseError(KIND, "next.max_behot_time", answer.cursor)
            cursors.add(answer.cursor)
            following = [call for call in calls if _cursor_of(call) == answer.cursor]
            if not following:
                break
            found = _best_answer(following)
        except ParseError as error:
            yield error
            yield Extent(more=True)
            return
        if isinstance(found, Notice):
            trouble = found
            break
        answer = found
    yield Extent(more=answer.more)
    if trouble is not None:
        yield trouble


def _with_texts(parsed: Iterator[Parsed]) -> Iterator[Parsed]:
    for part in parsed:
        yield part
        if isinstance(part, Post) and (address := text_address(part)):
            yield Fetch(url=address, kind="article", about=f"text:{part.post_id}", render=True)


def _shown_name(document: Selector) -> str | None:
    shown = (document.css(_NAME).get() or "").strip()
    titled = _TITLE_NAME.fullmatch((document.css("title::text").get() or "").strip())
    return shown or (titled["name"] if titled else None)


def _followers(document: Selector) -> int | Counter | None:
    for figure in document.css(_FIGURES):
        words = "".join("".join(figure.css("*::text").getall()).split())
        if found := _FOLLOWERS.fullmatch(words):
            try:
                return parse_counter(found[1] or found[2])
            except ValueError as error:
                raise ParseError(KIND, "粉丝", words) from error
    return None


def _no_list(document: Selector) -> Notice:
    words = " ".join(visible_lines(document))[:80]
    return Notice("unparsed", f"页面打开后没有收到作品列表：{words or '空白页面'}")


def _empty_list(document: Selector) -> Notice:
    words = words_of_emptiness(document)
    if words is None:
        return Notice("unparsed", "作品列表为空，但页面没有写明没有作品")
    return Notice("empty", words)
