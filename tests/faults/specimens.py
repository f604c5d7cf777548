"""The pages that are damaged on purpose: recorded, made-up and the county's, each as a crawl would hold it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from crawler.page import Call, Page
from crawler.reading import platform_modules, read, recognise
from demo.county import County, CountyAccount, load_county
from demo.pages.sites import answer
from demo.pages.toutiao import profile_url
from demo.pages.wechat import album_url, short_url
from tests.conftest import SHARED
from tests.crawler.crawling import list_of, profile_of

TESTS = Path(__file__).resolve().parent.parent
FEED_CALL = "https://www.toutiao.com/api/pc/list/user/feed?category=profile_all&token={uid}&max_behot_time=0"


@dataclass(frozen=True)
class Specimen:
    """A page that reads well, its platform, and where it comes from; ``page.kind`` is set."""

    name: str
    platform: str
    page: Page
    status: str

    @property
    def kind(self) -> str:
        """``platform.kind`` of the page."""
        return f"{self.platform}.{self.page.kind}"


@cache
def specimens() -> tuple[Specimen, ...]:
    """Every page there is, in a fixed order; without the recorded ones where they are not on this machine."""
    named = [*_recorded(), *_made_up(), *_played(load_county())]
    return tuple(_specimen(name, page) for name, page in named if recognise(page)[1] is not None)


@cache
def smallest_of_each_kind() -> tuple[Specimen, ...]:
    """One page of each kind: the smallest that holds records."""
    best: dict[str, Specimen] = {}
    for one in sorted(specimens(), key=lambda one: len(one.page.body)):
        if one.status == "ok":
            best.setdefault(one.kind, one)
    return tuple(best[kind] for kind in sorted(best))


def kinds_of_pages() -> set[str]:
    """Every kind of page that some parser reads, as ``platform.kind``."""
    return {
        f"{platform}.{name.removeprefix('parse_')}"
        for platform, module in platform_modules().items()
        for name in vars(module)
        if name.startswith("parse_")
    }


def _specimen(name: str, page: Page) -> Specimen:
    platform, kind = recognise(page)
    assert platform is not None and kind is not None
    known = replace(page, kind=kind)
    return Specimen(name, platform, known, read(known, platform).status)


def _recorded() -> Iterator[tuple[str, Page]]:
    for table in sorted((TESTS / "expected").glob("*/pages.toml")):
        for row in tomllib.loads(table.read_text(encoding="utf-8"))["page"]:
            path = SHARED / "recordings" / table.parent.name / row["file"]
            if path.exists():
                fetched_at = datetime.fromisoformat(row["fetched_at"])
                yield row["file"], Page(url=row["url"], body=path.read_bytes(), fetched_at=fetched_at)


def _made_up() -> Iterator[tuple[str, Page]]:
    for path in sorted((TESTS / "pages").glob("*/*/*/meta.json")):
        meta = json.loads(path.read_text(encoding="utf-8"))
        (body,) = path.parent.glob("page.*")
        fetched_at = datetime.fromisoformat(meta["fetched_at"])
        name = path.parent.relative_to(TESTS / "pages").as_posix()
        page = Page(url=meta["url"], body=body.read_bytes(), fetched_at=fetched_at, status=meta.get("status", 200))
        yield name, replace(page, final_url=meta.get("final_url", ""))


def _played(county: County) -> Iterator[tuple[str, Page]]:
    """The county's pages of one account of each platform and form of list."""
    weibo = _first(county, "weibo", "uid")
    for url in (list_of(weibo.uid), profile_of(weibo.uid)):
        yield "county", _page(county, url)
    with_album, with_feed = _first(county, "wechat", "album_id"), _first(county, "wechat", "feed")
    for url in (album_url(with_album), with_feed.data["feed"], short_url(with_album.posts[-1])):
        yield "county", _page(county, url)
    toutiao = _first(county, "toutiao", "uid")
    listed = FEED_CALL.format(uid=toutiao.uid)
    call = Call(listed, 200, answer(county, listed, county.nights[-1]).body)
    yield "county", replace(_page(county, profile_url(toutiao)), calls=(call,))


def _first(county: County, platform: str, key: str) -> CountyAccount:
    return next(one for one in county.accounts if one.platform == platform and key in one.data and len(one.posts) > 9)


def _page(county: County, url: str) -> Page:
    return Page(url=url, body=answer(county, url, county.nights[-1]).body, fetched_at=county.nights[-1])
