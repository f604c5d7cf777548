"""The JSON answers of m.weibo.cn and weibo.com: as sent, or as a browser wraps and a person copies them."""

from __future__ import annotations

from parsel import Selector

from crawler.page import Notice, ParseError
from crawler.strict import Fields, parse_json

_TOO_OFTEN = ("频繁", "验证码", "验证后")


def parse_answer(kind: str, body: bytes) -> Fields:
    """The answer's JSON object, also when a browser saved it in ``<html>…<pre>``.

    One comma after the object is allowed: a list element copied out of its list ends with it.
    """
    text = body.decode("utf-8", "replace").strip()
    if text.startswith("<"):
        text = "".join(Selector(text=text, type="html").xpath("(//pre)[1]/descendant::text()").getall()).strip()
    try:
        return parse_json(kind, text.removeprefix("\ufeff").removesuffix(","))
    except RecursionError as error:
        raise ParseError(kind, "json", "nested too deep") from error


def refusal(answer: Fields) -> Notice | None:
    """What an answer says whose ``ok`` is not 1, in its own words; ``None`` if it is content.

    It is never emptiness: the one body that says so is a signal of its own.
    """
    if answer.integer("ok") == 1:
        return None
    words = answer.words("msg") or answer.words("message")
    if words is None:
        raise answer.error("ok")
    return Notice("blocked" if any(word in words for word in _TOO_OFTEN) else "unparsed", words)
