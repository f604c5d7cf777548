"""What a page says in place of what was asked (页面提示): a wall, a login, a notice that there is none. Pure.

Words near a notice may take it back: whoever reads that a page does not exist *or* that the host is overloaded, or that
it is only for some, has not been told that it does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from crawler.link_addresses import Standing, is_own_home
from crawler.link_answers import Answer
from crawler.link_signals import pattern, signals
from crawler.link_texts import has_password_field

MAINTENANCE = Standing("failing", "maintenance")
UNTOLD = Standing("uncheckable", "unparsed")
# How much of the words around a spot a message may take, and how many spots of one page are looked at.
_BEFORE_SPOT, _AFTER_SPOT, _MOST_SPOTS = 400, 40, 20
# How near to a notice words belong to it: before it stand navigation and logins of a site's frame.
_BEFORE_NOTICE, _AFTER_NOTICE = 30, 60


def is_wall(answer: Answer) -> bool:
    """Whether a verification stands in the place of the page, shown already or not."""
    if not answer.text:
        return False
    if pattern("wall_title").match(answer.title):
        return True
    if not answer.whole:
        return False
    n_words = len(answer.words)
    if n_words <= signals()["wall_longest"] and pattern("wall_message").search(answer.words):
        return True
    return n_words <= signals()["wall_script_longest"] and bool(pattern("wall_script").search(answer.text))


def is_login(answer: Answer) -> bool:
    """Whether the page is a login and nothing else: it asks for a password, says login, and is short."""
    if not answer.text or not answer.whole or not has_password_field(answer.text):
        return False
    if len(answer.words) > signals()["login_longest"]:
        return False
    said = pattern("login_words")
    return bool(said.search(answer.title) or said.search(answer.words))


def led_to_login(asked: str | None, final_address: str) -> bool:
    """Whether redirects ended at a login, by its address, that was not asked for."""
    if asked is None or asked == final_address:
        return False
    login = pattern("login_address")
    return bool(login.search(final_address)) and not login.search(asked)


def says_not_found(answer: Answer) -> bool:
    """Whether the page says that there is none: by its title and its message, or by a message that is all there is.

    Where a script has yet to make the page, only its title can say so: what else stands there may never be shown. A
    page that leads elsewhere than home says where its like is now.
    """
    if not answer.text:
        return False
    is_titled = _is_titled_not_found(answer.title)
    if not is_titled and not _is_all_notice(answer):
        return False
    return names_not_found(answer) and (is_titled or not answer.is_made_by_script) and not leads_on(answer)


def _is_all_notice(answer: Answer) -> bool:
    """Whether a notice on the page would be all there is, and not about other pages."""
    return _is_short(answer) and not pattern("soft404_doubtful").search(_all_words(answer))


def _is_short(answer: Answer) -> bool:
    return answer.whole and len(answer.words) <= signals()["soft404_longest"]


def leads_on(answer: Answer) -> bool:
    """Whether the page sends its reader elsewhere than to its host's home page, or says that it will."""
    if pattern("leads_on").search(_all_words(answer)):
        return True
    return any(not is_own_home(named, answer.url) for named in answer.leads_to)


def says_maintenance(answer: Answer) -> bool:
    """Whether the page says, shown or not, that its host is at work on itself, or asks to come back later."""
    words = _all_words(answer)
    if pattern("maintenance_words").search(words):
        return True
    is_short = answer.whole and len(answer.words) <= signals()["maintenance_longest"]
    return is_short and bool(pattern("maintenance_word").search(words))


def _all_words(answer: Answer) -> str:
    return f"{answer.title} {answer.words}"


def _is_titled_not_found(title: str) -> bool:
    return len(title) <= signals()["soft404_title_longest"] and bool(pattern("soft404_title").match(title))


def names_not_found(answer: Answer) -> bool:
    """Whether the words of such a notice are shown anywhere on the page, which by itself says nothing.

    Of a page that repeats them without end only the first places are looked at.
    """
    if not answer.text:
        return False
    # Which words are shown takes long to tell, and few pages have any that matter.
    return _has_notice(_all_words(answer)) and _has_notice(f"{answer.title} {answer.visible}")


def _has_notice(words: str) -> bool:
    return next(_notices(words), None) is not None


def _notices(words: str) -> Iterator[re.Match[str]]:
    """The notices around the first spots; one that ends just where the look does may go on, and is none."""
    for spot in islice(pattern("soft404_spot").finditer(words), _MOST_SPOTS):
        end = spot.end() + _AFTER_SPOT
        found = pattern("soft404_message").finditer(words, max(0, spot.start() - _BEFORE_SPOT), end)
        yield from (notice for notice in found if notice.end() < end)


def standing_taken_back(answer: Answer) -> Standing | None:
    """What the words of a page make of its notice, or of a status of 404; ``None`` where they let it stand.

    It is ``failing`` where the host is at work on itself or overloaded, and ``uncheckable`` where the page may be there
    for others: who may see it, who is logged in, who has another program, or when it is out.
    """
    if says_maintenance(answer):
        return MAINTENANCE
    near, after = _near_notices(answer)
    if pattern("overload_words").search(near):
        return MAINTENANCE
    # A foot asks to scan a code, and a head to log in: both count in or behind the notice's clause only.
    asks = pattern("permission_words").search(near) or any(
        pattern(name).search(after) for name in ("client_words", "login_asked")
    )
    return UNTOLD if asks else None


def _near_notices(answer: Answer) -> tuple[str, str]:
    """The words that belong to the page's notices, and of these the ones of their clause and behind it.

    All words belong to one that is short, or that tells of no missing page but by its title or its status.
    """
    texts = (answer.words, answer.visible)
    places = [(words, notice) for words in texts for notice in islice(_notices(words), _MOST_SPOTS)]
    near = [words[max(0, notice.start() - _BEFORE_NOTICE) : notice.end() + _AFTER_NOTICE] for words, notice in places]
    after = [words[_clause_start(words, notice) : notice.end() + _AFTER_NOTICE] for words, notice in places]
    if _is_short(answer) or not places:
        near.append(answer.words)
    if _is_short(answer):
        after.append(answer.words)
    return "\n".join((answer.title, *near)), "\n".join((answer.title, *after))


def _clause_start(words: str, notice: re.Match[str]) -> int:
    """Where the words begin that no tag and no blank parts from a notice."""
    first = max(0, notice.start() - _BEFORE_NOTICE)
    return max(first, words.rfind(" ", first, notice.start()) + 1)


def leads_on_in_place(answer: Answer) -> bool:
    """Whether a page of status 404 leads elsewhere than home.

    Where it is a whole page, only by an address that stands there: its scripts may know others, as for a search.
    """
    elsewhere = [named for named in answer.leads_to if not is_own_home(named, answer.url)]
    if any(elsewhere):
        return True
    if not answer.whole or len(answer.words) > signals()["maintenance_longest"]:
        return False
    return bool(elsewhere or (not answer.leads_to and pattern("leads_on").search(_all_words(answer))))
