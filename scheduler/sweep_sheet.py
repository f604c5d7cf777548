"""The page for searching by hand (关键词搜索单): every keyword due, and a link a platform for an ordinary browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined

from analysis.keywords import Keyword
from crawler.saved.searches import PLATFORMS, account_search_url
from reports.wording import minute, platform_name, printable, shanghai_day
from reports.words import load_text
from scheduler.files import whole_file
from scheduler.mentioned import keywords_to_search
from scheduler.search_limits import DUE_AFTER
from scheduler.workspace import Workspace
from storage.queries.searches import SearchState, last_searches

SAVED = "saved"
_TEMPLATE = "sweep_sheet.html"
_HOSTS = {"weibo": "微博搜索", "wechat": "搜狗微信搜索", "toutiao": "头条搜索"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSearch:
    """A keyword to be searched on one platform.

    ``last_good_at`` is when it was last answered, ``None`` for never; ``last_good_by`` the person who searched then.
    """

    keyword: str
    kind: str
    unit: str | None
    platform: str
    last_good_at: datetime | None = None
    last_good_by: str | None = None


@dataclass(frozen=True, slots=True)
class _Cell:
    url: str
    host: str
    last: str


@dataclass(frozen=True, slots=True)
class _Row:
    keyword: str
    why: str
    cells: tuple[_Cell | None, ...]


def due_searches(workspace: Workspace, platforms: Sequence[str]) -> list[DueSearch]:
    """Every keyword of the register with the platforms on which it was not answered for a month, in their order."""
    now = workspace.clock.now()
    states = {(one.platform, one.keyword): one for one in last_searches(workspace.engine)}
    every = [
        _due(keyword, platform, states.get((platform, keyword.text)))
        for keyword in keywords_to_search(workspace)
        for platform in platforms
    ]
    return [one for one in every if one.last_good_at is None or now - one.last_good_at >= DUE_AFTER]


def _due(keyword: Keyword, platform: str, state: SearchState | None) -> DueSearch:
    return DueSearch(
        keyword=keyword.text,
        kind=keyword.kind,
        unit=keyword.unit,
        platform=platform,
        last_good_at=None if state is None else state.last_good_at,
        last_good_by=None if state is None else state.last_good_by,
    )


def save_sheet(path: Path, due: Sequence[DueSearch], *, office: str, home: Path, command: str, now: datetime) -> int:
    """Write the page; returns how many searches it asks for.

    Args:
        path: The .html file.
        due: What is to be searched, in the order of the page.
        office: Whose page it is.
        home: The home folder; what is saved goes into its folder ``saved``, which is made.
        command: How the command is started, without what follows ``xuncha``.
        now: The time that the page shows.
    """
    page = render(due, office=office, home=home, command=command, now=now)
    (home / SAVED).mkdir(exist_ok=True)
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8")
    return len(due)


def render(due: Sequence[DueSearch], *, office: str, home: Path, command: str, now: datetime) -> str:
    """The page as one HTML file that needs no network and no script."""
    stage = Environment(
        loader=FunctionLoader(lambda name: load_text(name, None)),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
    )
    platforms = [name for name in PLATFORMS if any(one.platform == name for one in due)]
    return stage.get_template(_TEMPLATE).render(
        office=office,
        made_at=minute(now),
        heads=[platform_name(name) for name in platforms],
        rows=_rows(due, platforms),
        n_searches=len(due),
        folder=str(home / SAVED),
        command=f"{command} --home {_quoted(home)} sweep import {_quoted(home / SAVED)}",
    )


def _rows(due: Sequence[DueSearch], platforms: Sequence[str]) -> list[_Row]:
    """A row a keyword, in the order in which the keywords come."""
    cells: dict[str, dict[str, DueSearch]] = {}
    for one in due:
        cells.setdefault(one.keyword, {})[one.platform] = one
    return [
        _Row(keyword, _why(found), tuple(_cell(found[name]) if name in found else None for name in platforms))
        for keyword, found in cells.items()
    ]


def _why(found: dict[str, DueSearch]) -> str:
    first = next(iter(found.values()))
    return "，".join(word for word in (first.kind, first.unit) if word)


def _cell(one: DueSearch) -> _Cell:
    by = f"（{one.last_good_by}）" if one.last_good_by else ""
    last = "从未查过" if one.last_good_at is None else f"上次 {shanghai_day(one.last_good_at).isoformat()}{by}"
    return _Cell(account_search_url(one.platform, one.keyword), _HOSTS[one.platform], last)


def _quoted(path: Path) -> str:
    return f'"{path}"' if any(sign.isspace() for sign in str(path)) else str(path)


def _printable(value: object) -> object:
    return printable(value) if type(value) is str else value
