"""A keyword to search for (关键词搜索), and how its search stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A keyword to search a platform for (关键词搜索) in place of an account's own pages.

    ``like`` says whether a found account's name is still like the keyword; ``more`` takes one more page of
    what may be asked tonight and says whether there was one; at most ``page_limit`` pages are asked.
    """

    keyword: str
    like: Callable[[str], bool]
    more: Callable[[], bool]
    page_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """How a keyword search stands (搜索情况) after a page of it.

    ``outcome`` is ``searched``, ``empty`` (the page's own words, in ``reason``), ``cut_short`` (there is more than
    was shown), ``refused`` (robots), ``blocked``, ``unparsed`` or ``error``. ``total`` is what the platform states.
    """

    keyword: str
    outcome: str
    reason: str | None
    n_found: int
    total: int | None
    pages: int
