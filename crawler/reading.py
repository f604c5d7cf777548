"""Reads one page: finds what kind it is, classifies walls, parses, and says one status. Pure.

The one door to the parsers: the crawl, ``xuncha parse`` and replay all come through ``read``.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType

import crawler.spiders
from crawler import walls
from crawler.page import Drift, Extent, Fetch, Notice, Page, Parsed, ParseError
from records import Candidate, Post, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one page gave. ``status`` is ``ok empty gone blocked login unparsed``; ``kind`` is ``None`` if not known.

    ``subject`` is what a notice is about: ``page`` or ``account``.
    """

    platform: str | None
    kind: str | None
    status: str
    reason: str | None = None
    subject: str = "page"
    records: tuple[Post | Profile | Candidate, ...] = ()
    fetches: tuple[Fetch, ...] = ()
    extent: Extent | None = None
    drift: tuple[Drift, ...] = ()
    errors: tuple[ParseError, ...] = ()


@cache
def platform_modules() -> dict[str, ModuleType]:
    """The platform modules by platform, found by file name in crawler/spiders."""
    names = sorted(entry.name for entry in pkgutil.iter_modules(crawler.spiders.__path__))
    return {name: importlib.import_module(f"crawler.spiders.{name}") for name in names}


def recognise(page: Page) -> tuple[str | None, str | None]:
    """``(platform, kind)`` of a page by its address or by its content alone; both ``None`` if no parser knows it."""
    for platform, module in platform_modules().items():
        kind = module.recognise(page)
        if kind is not None:
            return platform, kind
    return None, None


def read(page: Page, platform: str | None = None) -> Reading:
    """The page's records and status; never raises for what a page holds."""
    found, kind = (platform, page.kind) if platform and page.kind else recognise(page)
    notice = walls.classify(page, found, kind)
    if notice is not None:
        return Reading(
            platform=found or walls.platform_of(page),
            kind=kind,
            status=notice.status,
            reason=notice.reason,
            subject=notice.subject,
        )
    if found is None or kind is None:
        return Reading(platform=None, kind=None, status="unparsed", reason="没有解析器认识这个页面")
    parser = getattr(platform_modules()[found], f"parse_{kind}")
    try:
        parsed = list(parser(page))
    except ParseError as error:
        return Reading(
            platform=found, kind=kind, status="unparsed", reason=f"页面版式无法识别：{error}", errors=(error,)
        )
    reading = _sort(found, kind, parsed)
    if reading.status in walls.FINAL and not walls.is_whole(page):
        return replace(reading, status="unparsed", reason=walls.CUT_SHORT, subject="page")
    return reading


def _sort(platform: str, kind: str, parsed: list[Parsed]) -> Reading:
    records = tuple(p for p in parsed if isinstance(p, Post | Profile | Candidate))
    errors = tuple(p for p in parsed if isinstance(p, ParseError))
    notice = next((p for p in parsed if isinstance(p, Notice)), None)
    status, reason = ("ok", None) if notice is None else (notice.status, notice.reason)
    subject = "page" if notice is None else notice.subject
    if notice is None and not records:
        status, reason = "unparsed", "页面里没有认出任何记录，也没有写明为空"
    return Reading(
        platform=platform,
        kind=kind,
        status=status,
        reason=reason,
        subject=subject,
        records=records,
        fetches=tuple(p for p in parsed if isinstance(p, Fetch)),
        extent=next((p for p in parsed if isinstance(p, Extent)), None),
        drift=tuple(p for p in parsed if isinstance(p, Drift)),
        errors=errors,
    )
