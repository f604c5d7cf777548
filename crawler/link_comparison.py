"""Is an alive-looking answer the host's own answer to what does not exist (与不存在的地址对照)? Pure.

A host that answers everything with its home page, or with a notice inside its usual frame, tells nothing by its
status. It is asked once for an address that cannot exist; only what ends alike, and has a reason to be compared, is
dead.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from crawler.link_addresses import Standing, is_home, is_same_page
from crawler.link_signals import pattern
from crawler.link_states import MAINTENANCE, Answer, names_not_found, says_maintenance

_DIGITS = re.compile(r"[0-9０-９〇零一二三四五六七八九十]+")
_ALIKE = 0.95
_MOST_DIFFERENT = 20  # characters, shown or not: a short article inside a large frame differs by more
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
    A host at work on itself answers everything alike, which tells nothing of the address: ``failing``.

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
    if says_maintenance(answer) or says_maintenance(missing):
        return MAINTENANCE
    return Standing("dead", "soft_404" if _says_missing(answer) else "same_as_missing")


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
