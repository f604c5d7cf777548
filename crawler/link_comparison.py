"""Is an alive-looking answer the host's own answer to what does not exist (与不存在的地址对照)? Pure.

A host that answers everything with its home page, or with a notice inside its usual frame, tells nothing by its
status. It is asked once for an address that cannot exist; only what ends alike, and has a reason to be compared, is
dead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import etree

from crawler.link_addresses import Standing, is_home, is_same_page
from crawler.link_answers import Answer
from crawler.link_notices import UNTOLD, names_not_found, standing_taken_back
from crawler.link_signals import pattern
from crawler.link_spelling import canonical, host_of

_DIGITS = re.compile(r"[0-9０-９〇零一二三四五六七八九十]+")
_ALIKE = 0.95
_MOST_DIFFERENT = 20  # characters, shown or not: a short article inside a large frame differs by more
_MOST_ANCHORS, _LONGEST_HREF = 2000, 500
_HARDLY_WORDS = 10  # characters below which two pages are alike by having nothing on them


def wants_comparison(asked: str, answer: Answer, final_address: str, sets_cookie: bool) -> bool:
    """Whether an answer that looks alive is to be compared with the host's answer to an address that cannot exist.

    It is where a deep address was asked, and redirects ended at a home page, or the words of a notice stand where they
    do not decide by themselves. Where redirects ended at an address named for an error, the words stand there too, or
    it may be an overload.

    Args:
        asked: The address that was checked.
        answer: Its last answer.
        final_address: Where redirects ended.
        sets_cookie: Whether any answer on the way, or the last, sets a cookie. A home page that redirects with a cookie
            led to may be a gate, behind which a browser is led back.
    """
    if not 200 <= answer.status < 300 or is_home(asked) or _is_error_address(asked):
        return False
    if is_home(final_address) and _is_led_on(asked, final_address):
        # The address may go on in a fragment that a script reads (/#/art/1), which is not sent and not seen.
        return not sets_cookie and not answer.is_made_by_script
    return _says_missing(answer)


def _says_missing(answer: Answer) -> bool:
    """Whether the words of a notice are shown on the page, of which a script does not make another."""
    return answer.may_say and names_not_found(answer) and not answer.is_made_by_script


def is_same_as_missing(answer: Answer, missing: Answer) -> bool:
    """Whether a host answers an address as it answers one that cannot exist.

    That is with the same status, and at the same final address or with the same title and nearly the same words,
    after the path, digits and times are taken out.

    Args:
        answer: What the address gave in the end.
        missing: What the same host gave in the end for an address that cannot exist.
    """
    if answer.status != missing.status:
        return False
    if is_same_page(answer.url, missing.url):
        return True
    title, other_title = (_bare(each.title, each.url) for each in (answer, missing))
    return title == other_title and _likeness(answer, missing) >= _ALIKE


def standing_compared(
    standing: Standing, asked: str, answer: Answer, missing: Answer | None, sets_cookie: bool
) -> Standing:
    """The standing once the host was asked for an address that cannot exist, or as it was.

    It is ``dead``: ``soft_404`` where words on the page say so, ``same_as_missing`` where only the host's answer does.
    A host at work on itself or overloaded answers everything alike, which tells nothing of the address: ``failing``.
    ``uncheckable`` is what may be there for others: words say so, or redirects ended at the home page of another host,
    as those of a host for telephones do for whom it takes for another browser.

    Args:
        standing: What the answer alone gives.
        asked: The address that was checked.
        answer: Its last answer.
        missing: The host's last answer to an address that cannot exist; ``None`` where it was not to be had.
        sets_cookie: As in ``wants_comparison``.
    """
    if standing.state not in ("alive", "moved") or missing is None:
        return standing
    if not wants_comparison(asked, answer, answer.url, sets_cookie) or not is_same_as_missing(answer, missing):
        return standing
    # Where redirects ended tells of the address only if the missing one is sent to the same place.
    if _ended_elsewhere(asked, answer.url) and not is_same_page(answer.url, missing.url):
        return standing
    taken_back = standing_taken_back(answer) or standing_taken_back(missing)
    if taken_back is not None:
        return taken_back
    if is_home(answer.url) and not _is_same_host(asked, answer.url):
        return UNTOLD
    return Standing("dead", "soft_404" if _says_missing(answer) else "same_as_missing")


def deep_links(answer: Answer, most: int = 3) -> tuple[str, ...]:
    """Up to ``most`` addresses of its own host's pages that a page links to, to see whether the host shows us any.

    In the page's order, articles before columns before others; absolute, in their one spelling, without fragment. Home
    pages, logins, error pages and files of other kinds than pages are none of them.
    """
    if not answer.text:
        return ()
    found = dict.fromkeys(filter(None, (_deep_link(named, answer.url) for named in _hrefs(answer.text))))
    return tuple(sorted(found, key=_rank)[:most])


def _hrefs(text: str) -> Iterator[str]:
    """What the first anchors of a page name, as it is written there; long ones are left out."""
    parser = etree.HTMLParser(encoding="utf-8", recover=True, huge_tree=True)
    root = etree.fromstring(text.encode("utf-8", "replace").replace(b"\0", b"").strip() or b"<html></html>", parser)
    if root is None:
        return
    for anchor in islice(root.iter("a"), _MOST_ANCHORS):
        named = dict(anchor.items())
        if "href" in named and len(named["href"]) <= _LONGEST_HREF:
            yield named["href"].strip()


def _deep_link(named: str, page: str) -> str | None:
    """The address of a page of the same host that is named on a page; ``None`` for anything else."""
    try:
        address = canonical(urldefrag(urljoin(page, named)).url)
        parts, own = urlsplit(address), urlsplit(page)
        is_own = (parts.hostname, parts.port) == (own.hostname, own.port)
    except ValueError:
        return None
    is_page = bool(pattern("page_suffix").match(parts.path.rpartition("/")[2]))
    if parts.scheme not in ("http", "https") or not is_own or not is_page or "@" in parts.netloc:
        return None
    if is_home(parts._replace(query="").geturl()) or is_same_page(address, page):
        return None
    return None if pattern("login_address").search(address) or _is_error_address(address) else address


def _rank(address: str) -> int:
    place = urlsplit(address).path
    return 0 if pattern("article_address").search(place) else 1 if pattern("column_address").search(place) else 2


def _is_same_host(address: str, other: str) -> bool:
    return host_of(address).removeprefix("www.") == host_of(other).removeprefix("www.")


def _ended_elsewhere(asked: str, final_address: str) -> bool:
    """Whether redirects led to a home page or to an address that is named for an error."""
    return _is_led_on(asked, final_address) and (is_home(final_address) or _is_error_address(final_address))


def _is_led_on(asked: str, final_address: str) -> bool:
    return asked != final_address and not is_same_page(asked, final_address)


@lru_cache(maxsize=1024)
def _is_error_address(address: str) -> bool:
    return bool(pattern("error_address").search(address))


def _likeness(answer: Answer, missing: Answer) -> float:
    """How much of two pages' words is the same, 0.0 to 1.0; in any order. 0.0 where a sentence differs."""
    words, others = (Counter(_bare(each.words, each.url).split()) for each in (answer, missing))
    n_all = max(_n_characters(words), _n_characters(others))
    if n_all < _HARDLY_WORDS:
        return 0.0
    n_same = _n_characters(words & others)
    return n_same / n_all if n_all - n_same <= _MOST_DIFFERENT else 0.0


def _n_characters(words: Counter[str]) -> int:
    return sum(len(word) * n for word, n in words.items())


def _bare(words: str, address: str) -> str:
    """The words without the address that a notice may repeat, and without digits."""
    path = urlsplit(address).path
    for named in (address, unquote(address), path, unquote(path)):
        if len(named) > 1:
            words = words.replace(named, "")
    return _DIGITS.sub("", words)
